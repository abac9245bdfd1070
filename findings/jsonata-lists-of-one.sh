#!/usr/bin/env bash
# jsonata 2.0.6 (the release that Step Functions names): which functions give back a list of one.
#
# Guess: a function that gives a list for two elements gives a list for one, or none of them does.
# Seen:  `$map`, `$filter`, `$keys`, `$each` and `$spread` give the element itself; `$sort`, `$reverse`,
#        `$distinct`, `$append`, `$split` and `$zip` give a list; `$max` and `$average` of an empty list give
#        nothing where `$sum` gives 0. An input of one item therefore takes another path through
#        `$count`, an `Items` field or a reader in Python than an input of two. Square brackets around
#        the call make it a list in each case.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm install --silent --no-audit --no-fund jsonata@2.0.6
cat >evaluate.mjs <<'JS'
import jsonata from "jsonata";

const expressions = [
  "$map([1], function($v) {$v})",
  "$filter([1], function($v) {true})",
  "$keys({'a': 1})",
  "$each({'a': 1}, function($v) {$v})",
  "$spread({'a': 1})",
  "$sort([1])",
  "$reverse([1])",
  "$distinct([1])",
  "$append([], [1])",
  "$split('a', ',')",
  "$zip([1], [2])",
  "$sum([])",
  "$max([])",
  "$average([])",
  "[$keys({'a': 1})]",
  "[$sort([1])]",
];
for (const text of expressions) {
  const value = await jsonata(text).evaluate({});
  console.log(text, "->", value === undefined ? "nothing" : JSON.stringify(value));
}
JS
node evaluate.mjs >seen
diff seen - <<'SEEN'
$map([1], function($v) {$v}) -> 1
$filter([1], function($v) {true}) -> 1
$keys({'a': 1}) -> "a"
$each({'a': 1}, function($v) {$v}) -> 1
$spread({'a': 1}) -> {"a":1}
$sort([1]) -> [1]
$reverse([1]) -> [1]
$distinct([1]) -> [1]
$append([], [1]) -> [1]
$split('a', ',') -> ["a"]
$zip([1], [2]) -> [[1,2]]
$sum([]) -> 0
$max([]) -> nothing
$average([]) -> nothing
[$keys({'a': 1})] -> ["a"]
[$sort([1])] -> [1]
SEEN
echo "as stated"

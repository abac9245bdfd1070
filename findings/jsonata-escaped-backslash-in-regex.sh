#!/usr/bin/env bash
# jsonata 2.0.6 (the release that Step Functions names): a regular expression with an escaped backslash.
#
# Guess: what JavaScript takes between two slashes is taken here, as it is handed to RegExp as it stands.
# Seen:  to find the end, brackets are counted, and one after a backslash is not, also where that
#        backslash is itself escaped. `[^"\\]`, the usual way to read a quoted text, therefore raises S0302,
#        while `[^\\"]` is fine. So does an opening bracket there. Way around: write the backslash as \x5c,
#        or change the order within the class.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
npm install --silent --no-audit --no-fund jsonata@2.0.6
cat >evaluate.mjs <<'JS'
import jsonata from "jsonata";

const text = String.raw`"door": "a\\b"`;
const patterns = [
  String.raw`"([^"\\]|\\.)*"`,
  String.raw`"([^\\"]|\\.)*"`,
  String.raw`"([^"\x5c]|\\.)*"`,
  String.raw`a(\\)`,
  String.raw`a\\(.)`,
  String.raw`a\\{1}`,
  String.raw`a\\`,
];
for (const pattern of patterns) {
  let said;
  try {
    said = await jsonata(`$contains($, /${pattern}/)`).evaluate(text);
  } catch (error) {
    said = `${error.code} ${error.message}`;
  }
  console.log(pattern, "->", new RegExp(pattern).test(text), "->", said);
}
JS
node evaluate.mjs >seen
diff seen - <<'SEEN'
"([^"\\]|\\.)*" -> true -> S0302 No terminating / in regular expression
"([^\\"]|\\.)*" -> true -> true
"([^"\x5c]|\\.)*" -> true -> true
a(\\) -> true -> S0302 No terminating / in regular expression
a\\(.) -> true -> S0302 No terminating / in regular expression
a\\{1} -> true -> S0302 No terminating / in regular expression
a\\ -> true -> true
SEEN
echo "as stated"

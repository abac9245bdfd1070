for (const figure of document.querySelectorAll(".recording")) {
  const audio = figure.querySelector("audio");
  const words = [...figure.querySelectorAll(".word")];
  if (!words.length) continue;
  figure.classList.add("follows");
  let current = null;
  const follow = () => {
    const now = audio.currentTime + 0.02;
    const word = words.findLast((w) => +w.dataset.s <= now);
    const next = word && now < +word.dataset.e + 0.3 ? word : null;
    if (next === current) return;
    current?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "true");
    current = next;
  };
  const run = () => {
    follow();
    if (!audio.paused) requestAnimationFrame(run);
  };
  audio.addEventListener("play", run);
  audio.addEventListener("seeked", follow);
  audio.addEventListener("timeupdate", follow);
  const seek = (word) => {
    audio.currentTime = +word.dataset.s;
    follow();
  };
  // One stop for the Tab key; the arrows go from word to word.
  words.forEach((word, n) => {
    word.tabIndex = n ? -1 : 0;
    word.addEventListener("click", () => seek(word));
    word.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        const to = words[Math.min(Math.max(n + step, 0), words.length - 1)];
        word.tabIndex = -1;
        to.tabIndex = 0;
        to.focus();
      } else if (event.key === "Enter" || event.key === " ") {
        seek(word);
      } else return;
      event.preventDefault();
    });
  });
}

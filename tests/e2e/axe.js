/* What is wrong with the page as it looks now: [[rule, where …], …]. `within`: a selector, or "" for all of it;
   `all`: every rule of axe-core, otherwise only those about colours. */
async ({ within, all }) => {
  const root = within ? document.querySelector(within) : document.documentElement;
  const told = [...moving(), ...tooWide()];
  const run = async (context, options) => {
    for (const { id, impact, nodes } of (await axe.run(context, { resultTypes: ["violations"], ...options })).violations) {
      if (!["serious", "critical"].includes(impact)) continue;
      told.push([id, ...nodes.slice(0, 4).map((node) => [node.html.slice(0, 160), node.failureSummary.slice(0, 300)])]);
    }
  };
  const colours = ["color-contrast", "link-in-text-block"];
  if (all) await run(root, { rules: Object.fromEntries(colours.map((rule) => [rule, { enabled: false }])) });
  await run({ include: oneOfEachColour(root) }, { runOnly: colours });
  return told;

  function moving() {
    return document.getAnimations().map((moves) => ["it moves", moves.effect.target.outerHTML.slice(0, 160)]);
  }

  function tooWide() {
    const panes = [document.scrollingElement, ...document.querySelectorAll(".page, #rows, .thread, .lead-in")];
    const wide = panes.filter((pane) => pane.scrollWidth > pane.clientWidth);
    return wide.map((pane) => ["wider than its place", pane.outerHTML.slice(0, 80), pane.scrollWidth, pane.clientWidth]);
  }

  /* Measuring contrast is most of axe's work. Texts of one ink, size and ground have one contrast: one of each is
     measured. The ground is what an element and all around it paint. */
  function oneOfEachColour(top) {
    const grounds = new Map(), found = new Map();
    const groundOf = (element) => {
      if (!element) return "";
      if (!grounds.has(element)) {
        const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
        const paints = backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none" || opacity !== "1";
        const around = groundOf(element.parentElement);
        grounds.set(element, paints ? `${around}/${backgroundColor} ${backgroundImage} ${opacity}` : around);
      }
      return grounds.get(element);
    };
    for (const element of top.querySelectorAll("*")) {
      const says = element.matches("input, select, textarea") || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!says || !element.checkVisibility({ visibilityProperty: true })) continue;
      const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(element);
      const look = [color, fontSize, fontWeight, textDecorationLine, element.matches(":disabled, .vh, a"), groundOf(element)].join();
      if (!found.has(look)) found.set(look, element);
    }
    return [...found.values()];
  }
}

/* What the pages do better with a script: the keys of `pith review`, and votes that are saved without another load. */
"use strict";

(() => {
    const papers = [...document.querySelectorAll("article.paper")];
    const said = document.getElementById("said");
    let at = papers.findIndex((paper) => "#" + paper.id === location.hash);

    function tell(message, undo) {
        if (!said) return;
        said.querySelector("p").textContent = message;
        const button = said.querySelector("button");
        if (button) button.hidden = !undo;
        said.hidden = false;
    }

    /* ---- votes ---- */

    const off = {up: "none", down: "none", later: "not-later"}; /* what a pressed button says when it is pressed again */

    function press(paper, mark, pressed) {
        const button = paper.querySelector(`button[data-mark="${mark}"]`);
        if (!button) return;
        button.setAttribute("aria-pressed", pressed);
        button.name = pressed ? off[mark] : mark;
    }

    /* A vote takes a paper off the reading list. */
    const shows = {
        up: {up: true, down: false, later: false},
        down: {up: false, down: true, later: false},
        none: {up: false, down: false},
        later: {later: true},
        "not-later": {later: false},
    };

    async function send(form, button) {
        const body = new URLSearchParams(new FormData(form));
        body.set(button.name, button.value);
        const answer = await fetch(form.action, {method: "POST", body, headers: {Accept: "application/json"}, redirect: "error"});
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
    }

    document.addEventListener("submit", (event) => {
        const button = event.submitter;
        if (event.target.id !== "vote" || !button || button.dataset.reload || button.name === "undo") return;
        event.preventDefault();
        button.setAttribute("aria-busy", "true");
        send(event.target, button).then((done) => {
            const paper = button.closest("article.paper");
            if (paper) Object.entries(shows[done.said] || {}).forEach(([mark, pressed]) => press(paper, mark, pressed));
            tell(done.message, done.undo);
        }).catch(() => { /* as without a script */
            button.dataset.reload = "1";
            event.target.requestSubmit(button);
        }).finally(() => button.removeAttribute("aria-busy"));
    });

    /* ---- keys ---- */

    function go(to) {
        if (!papers.length) return;
        at = Math.max(0, Math.min(papers.length - 1, to));
        papers.forEach((paper, i) => paper.classList.toggle("here", i === at));
        const title = papers[at].querySelector("h2 a, h2");
        title.focus({preventScroll: true});
        papers[at].scrollIntoView({block: "start"});
    }

    function click(mark) {
        const button = papers[at] && papers[at].querySelector(`button[data-mark="${mark}"]`);
        if (button) button.click();
    }

    function follow(selector) {
        const link = (papers[at] || document).querySelector(selector) || document.querySelector(selector);
        if (link) location.href = link.href;
    }

    const keys = {
        j: () => go(at + 1),
        k: () => go(at - 1),
        " ": () => {
            const abstract = papers[at] && papers[at].querySelector("details");
            if (abstract) abstract.open = !abstract.open;
            return Boolean(abstract);
        },
        u: () => click("up"),
        d: () => click("down"),
        l: () => click("later"),
        z: () => said && !said.hidden && said.querySelector("button") && said.querySelector("button").click(),
        o: () => follow("h2 a"),
        w: () => follow("a.why"),
        n: () => follow("a[rel=next][data-day]"),
        "/": () => {
            const field = document.querySelector("input[type=search]");
            if (field) field.focus();
            else follow("nav a[href$=search]");
        },
        "?": () => {
            const help = document.getElementById("keys");
            if (help) help.open = !help.open;
            if (help && help.open) help.scrollIntoView({block: "nearest"});
        },
    };

    document.addEventListener("keydown", (event) => {
        const field = event.target.closest("input, textarea, select, [contenteditable]");
        if (field && event.key === "Escape") field.blur();
        if (field || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
        if (event.key === " " && event.target.closest("button, summary, a:not(h2 a)")) return;
        if (event.key === " " && !(papers[at])) return;
        event.preventDefault();
        keys[event.key]();
    });
    for (const keysHelp of document.querySelectorAll("[data-script]")) keysHelp.hidden = false;
})();

// Complaints about the page that is shown: what does not fit, what has no name, what is hard to read.
(() => {
    const found = [];
    const called = (node) => {
        const shown = node.cloneNode(false).outerHTML.slice(0, 120);
        return `${shown} ${node.textContent.trim().slice(0, 40)}`;
    };
    const isShown = (node) => node.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && node.getClientRects().length > 0;
    const nodes = [...document.querySelectorAll('body, body *')].filter(isShown);

    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) {
        const wide = nodes.filter((node) => node.getBoundingClientRect().right > page.clientWidth + 1 && !node.closest('.scroll'));
        found.push(`the page is ${page.scrollWidth} wide, the window ${page.clientWidth}: ${wide.slice(0, 3).map(called).join(' | ')}`);
    }
    if (!page.lang || !document.title.trim() || document.querySelectorAll('main').length !== 1 || document.querySelectorAll('h1').length !== 1) {
        found.push('the page needs a language, a title, one main and one h1');
    }
    let level = 1;
    for (const heading of document.querySelectorAll('main h1, main h2, main h3, main h4')) {
        const next = Number(heading.tagName[1]);
        if (next > level + 1) {
            found.push(`a heading of level ${next} after one of level ${level}: ${called(heading)}`);
        }
        level = next;
    }

    const name = (node) => (node.getAttribute('aria-label') || document.getElementById(node.getAttribute('aria-labelledby') || '')?.textContent || '').trim();
    for (const node of nodes) {
        if (node.matches('input:not([type=hidden]), select, textarea') && !name(node) && ![...(node.labels || [])].some((label) => label.textContent.trim())) {
            found.push(`no label: ${called(node)}`);
        }
        if (node.matches('a[href], button, summary') && !name(node) && !node.textContent.trim()) {
            found.push(`no text: ${called(node)}`);
        }
        if (node.matches('table') && ![...node.querySelectorAll('th')].every((cell) => cell.scope)) {
            found.push(`a heading cell without scope: ${called(node)}`);
        }
        if (node.matches('svg') && node.getAttribute('aria-hidden') !== 'true' && !(node.getAttribute('role') === 'img' && (name(node) || node.querySelector('title')))) {
            found.push(`a picture without a name: ${called(node)}`);
        }
    }
    const ids = [...document.querySelectorAll('[id]')].map((node) => node.id);
    for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) {
        found.push(`the id ${id} is there twice`);
    }

    // Contrast, as WCAG 2.1 computes it; AA asks 4.5, 3 of large texts and of the edges of fields.
    const read = (color) => {
        const part = (color.match(/[\d.]+(?:e-?\d+)?/g) || []).map(Number);
        return color.startsWith('color(') ? [...part.slice(0, 3).map((one) => one * 255), part[3] ?? 1] : [part[0], part[1], part[2], part[3] ?? 1];
    };
    const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3]));
    const light = (color) => {
        const [r, g, b] = color.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => (Math.max(light(one), light(other)) + 0.05) / (Math.min(light(one), light(other)) + 0.05);
    const ground = (node) => {
        const layers = [];
        for (let at = node; at; at = at.parentElement) {
            const color = read(getComputedStyle(at).backgroundColor);
            layers.push(color);
            if (color[3] === 1) {
                break;
            }
        }
        return layers.reduceRight((under, top) => over(top, under), matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255]);
    };
    for (const node of nodes) {
        const style = getComputedStyle(node);
        const hasText = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
        if (node.disabled || node.closest('option, [aria-disabled=true]')) {
            continue;
        }
        const under = ground(node);
        if (hasText || node.matches('input:not([type=checkbox]):not([type=radio]), textarea, select')) {
            const color = over(read(node.closest('svg') ? style.fill : style.color), under);
            const size = parseFloat(style.fontSize);
            const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
            if (ratio(color, under) < least) {
                found.push(`contrast ${ratio(color, under).toFixed(2)}, not ${least}: ${called(node)}`);
            }
        }
        if (node.matches('input:not([type=checkbox]):not([type=radio]), textarea, select')) {
            const edge = ratio(over(read(style.borderBottomColor), under), ground(node.parentElement));
            if (edge < 3) {
                found.push(`contrast ${edge.toFixed(2)} of the edge, not 3: ${called(node)}`);
            }
        }
    }

    return [...new Set(found)];
})()

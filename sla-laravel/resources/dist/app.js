// Shows instants in the zone of the viewer; the exact one stays in the title.
const localize = (root) => {
    for (const time of root.querySelectorAll('time[datetime]')) {
        const at = new Date(time.dateTime);
        if (!Number.isNaN(at.getTime())) {
            time.title = time.dateTime;
            time.textContent = at.toLocaleString(document.documentElement.lang || undefined, {dateStyle: 'medium', timeStyle: 'short'});
        }
    }
};
localize(document);

// A form is sent once.
for (const form of document.forms) {
    form.addEventListener('submit', () => {
        // Afterwards: a disabled button is not sent with its form.
        setTimeout(() => {
            for (const button of form.querySelectorAll('button')) {
                button.disabled = true;
            }
        });
    });
}

// Refreshes a part of the page while it is visible; after faults less often.
const live = document.querySelector('[data-live]');
if (live) {
    const every = Math.max(1000, Number(live.dataset.refresh));
    let faults = 0;
    let etag = '';
    const refresh = async () => {
        if (!document.hidden && !live.contains(document.activeElement)) {
            try {
                // Where the session has ended, an application often redirects to its login, which is no part of this page.
                const answer = await fetch(live.dataset.live, {headers: etag ? {'If-None-Match': etag} : {}, credentials: 'same-origin', redirect: 'error'});
                if (answer.status === 200) {
                    etag = answer.headers.get('ETag') || '';
                    live.innerHTML = await answer.text();
                    localize(live);
                } else if (answer.status !== 304) {
                    throw new Error(String(answer.status));
                }
                faults = 0;
                live.dataset.state = 'live';
            } catch {
                faults = Math.min(faults + 1, 5);
                live.dataset.state = 'stale';
            }
        }
        setTimeout(refresh, every * 2 ** faults);
    };
    setTimeout(refresh, every);
}

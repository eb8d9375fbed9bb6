// Shows instants in the zone of the viewer; the exact one stays in the title.
for (const time of document.querySelectorAll('time[datetime]')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
        time.title = time.dateTime;
        time.textContent = at.toLocaleString(document.documentElement.lang || undefined, {dateStyle: 'medium', timeStyle: 'short'});
    }
}
// A form is sent once.
for (const form of document.forms) {
    form.addEventListener('submit', () => {
        for (const button of form.querySelectorAll('button')) {
            button.disabled = true;
        }
    });
}

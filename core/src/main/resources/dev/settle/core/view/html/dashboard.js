(() => {
'use strict';
const body = document.body, byId = id => document.getElementById(id);
const post = (path, fields) => fetch(path, {method: 'POST', body: new URLSearchParams(fields),
  credentials: 'same-origin', redirect: 'error'});

if (body.dataset.door) {
  const said = text => { byId('said').textContent = text; };
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  const open = () => { history.replaceState(null, '', location.pathname + location.search);
    location.replace(location.href); };
  const how = 'Open the full address that settle dashboard printed, including its token, or run it again.';
  (token ? post('/session', {token}) : fetch('/session'))
    .then(answer => answer.ok ? open()
      : said((token ? 'This is not the token of the dashboard that is running now. ' : '') + how))
    .catch(() => said('The dashboard does not answer. ' + how));
  return;
}
if (location.hash.includes('token=')) {
  history.replaceState(null, '', location.pathname + location.search);
}

const two = n => (n < 10 ? '0' : '') + n;
const duration = s => s < 60 ? s + 's' : s < 3600 ? Math.floor(s / 60) + 'm ' + two(s % 60) + 's'
  : s < 86400 ? Math.floor(s / 3600) + 'h ' + two(Math.floor(s / 60) % 60) + 'm'
  : Math.floor(s / 86400) + 'd ' + two(Math.floor(s / 3600) % 24) + 'h';
const skew = body.dataset.now ? Number(body.dataset.now) - Date.now() : 0;
const tick = () => {
  if (document.hidden) return;
  for (const each of document.querySelectorAll('[data-since]')) {
    const text = duration(Math.max(0, Math.floor((Date.now() + skew - each.dataset.since) / 1000)));
    if (each.textContent !== text) each.textContent = text;
  }
};
const times = root => {
  for (const each of root.querySelectorAll('time[datetime]')) {
    const at = new Date(each.dateTime);
    each.title = each.dateTime;
    each.textContent = at.getFullYear() + '-' + two(at.getMonth() + 1) + '-' + two(at.getDate()) + ' '
      + two(at.getHours()) + ':' + two(at.getMinutes()) + ':' + two(at.getSeconds());
  }
};
times(document);
setInterval(tick, 1000);

const replaced = (old, html) => {
  const template = document.createElement('template');
  template.innerHTML = html;
  const now = template.content.firstElementChild;
  times(template.content);
  if (!old) return now;
  const open = [...old.querySelectorAll('details[open][id]')].map(each => each.id);
  const focus = old.contains(document.activeElement) ? document.activeElement.id : '';
  old.replaceWith(now);
  open.forEach(id => { const each = byId(id); if (each) each.open = true; });
  if (focus && byId(focus)) byId(focus).focus({preventScroll: true});
  return now;
};
const rows = byId('rows');
const ordered = order => {
  const wanted = new Set(order);
  for (const row of [...rows.children]) if (!wanted.has(row.id)) row.remove();
  let at = rows.firstElementChild;
  for (const key of order) {
    const row = byId(key) || fresh.get(key);
    if (!row) continue;
    if (row === at) at = at.nextElementSibling; else rows.insertBefore(row, at);
  }
  fresh.clear();
};
const fresh = new Map();
const shown = message => {
  for (const [key, html] of Object.entries(message.parts || {})) {
    const old = byId(key);
    const now = replaced(old, html);
    if (!old) fresh.set(key, now);
  }
  if (message.order && rows) ordered(message.order);
  if (message.texts) message.texts.forEach(added);
  if (message.parts && message.parts.title) document.title = byId('title').textContent;
  tick();
};
const TEXT_MAX = 1000000;
const added = piece => {
  const pre = byId(piece.id);
  const atEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 40;
  if (piece.from) pre.textContent = '';
  pre.append(piece.text);
  if (pre.textContent.length > TEXT_MAX) pre.textContent = pre.textContent.slice(-TEXT_MAX / 2);
  pre.classList.toggle('empty', pre.textContent === '');
  if (atEnd) pre.scrollTop = pre.scrollHeight;
};

let version = body.dataset.version || '0', events = null, later = 0, pause = 1000;
const note = byId('connection');
const say = text => { if (note.textContent !== text) note.textContent = text; note.hidden = !text; };
const address = once => {
  const to = new URL('/live' + location.pathname, location.href);
  to.search = location.search;
  to.searchParams.set('after', version);
  if (once) to.searchParams.set('once', '1');
  return to;
};
const took = event => { version = event.lastEventId || version; shown(JSON.parse(event.data)); };
const stop = () => { clearTimeout(later); if (events) events.close(); events = null; };
const soon = () => { clearTimeout(later); later = setTimeout(start, pause); pause = Math.min(pause * 2, 15000); };
const start = () => {
  stop();
  if (!body.dataset.live) return;
  if (document.hidden) { later = setTimeout(peek, 30000); return; }
  events = new EventSource(address(false));
  events.onopen = () => { pause = 1000; say(''); };
  events.onmessage = took;
  events.onerror = () => { stop(); peek(); };
};
// Asks once: a tab that nobody sees keeps no connection, of which a browser has six per server.
const peek = () => fetch(address(true)).then(async answer => {
  if (answer.status === 401) { say('This dashboard has ended, or another one has taken its place. '
    + 'Run settle dashboard again and open the address that it prints.'); return; }
  if (!answer.ok) { say(await answer.text()); soon(); return; }
  say('');
  const text = await answer.text();
  if (text) { const message = JSON.parse(text); version = message.id; shown(message); }
  if (document.hidden) later = setTimeout(peek, 30000); else soon();
}).catch(() => { say('The dashboard does not answer; trying again. What is shown may be out of date.'); soon(); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) pause = 200; start(); });
window.addEventListener('pagehide', stop);
window.addEventListener('pageshow', event => { if (event.persisted) start(); });
start();

// A filter changes the address and what is asked for; the page stays.
const filter = byId('filter');
let typed = 0;
const filtered = search => {
  if (search === location.search) return;
  history.replaceState(null, '', location.pathname + search);
  version = '0'; pause = 1000;
  start();
};
const query = () => {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(filter)) if (value) fields.append(name, value);
  const text = fields.toString();
  return text ? '?' + text : '';
};
if (filter) {
  filter.addEventListener('submit', event => { event.preventDefault(); filtered(query()); });
  filter.addEventListener('input', () => { clearTimeout(typed); typed = setTimeout(() => filtered(query()), 250); });
  document.addEventListener('click', event => {
    const link = event.target.closest && event.target.closest('a[data-filter]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const search = new URL(link.href).search, fields = new URLSearchParams(search);
    for (const each of filter.elements) {
      if (each.type === 'checkbox') each.checked = fields.getAll(each.name).includes(each.value);
      else if (each.name) each.value = fields.get(each.name) || '';
    }
    filtered(search);
  });
}

document.addEventListener('click', event => {
  const opener = event.target.closest && event.target.closest('[data-opens]');
  if (opener) { byId(opener.dataset.opens).showModal(); return; }
  const closer = event.target.closest && event.target.closest('[data-closes]');
  if (closer) closer.closest('dialog').close();
});
document.addEventListener('submit', event => {
  const form = event.target;
  if (!form.matches('form.action')) return;
  event.preventDefault();
  const said = byId('said'), button = form.querySelector('button[type=submit]');
  const answer = text => { said.textContent = text; said.hidden = false; };
  button.disabled = true;
  form.closest('dialog').close();
  said.className = 'banner live';
  answer('Working...');
  post(form.getAttribute('action'), new FormData(form))
    .then(async got => { said.className = 'banner ' + (got.ok ? 'live' : 'bad'); answer(await got.text()); })
    .catch(() => { said.className = 'banner bad'; answer('The dashboard did not answer; it is not known whether this was done.'); })
    .finally(() => { button.disabled = false; });
});
})();

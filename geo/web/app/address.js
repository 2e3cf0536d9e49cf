/**
 * Keeps the page's address at what is shown. It replaces the entry in the browser's history rather than add one: Back
 * leaves the page, as it does elsewhere, and does not step through every move of the hand.
 *
 * @param {{data: {query: string}}} mount  what Streamlit calls with
 */
export function mountAddress({ data }) {
  const url = new URL(location.href);
  url.search = data.query;
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

import type { Listing } from "./listing.js";

/** Finds something out once for a repository, however many tools and folders ask. */
export function oncePerListing<Found>(find: (listing: Listing) => Found): (listing: Listing) => Found {
  const known = new WeakMap<Listing, { readonly found: Found }>();
  return (listing) => {
    let entry = known.get(listing);
    if (entry === undefined) known.set(listing, (entry = { found: find(listing) }));
    return entry.found;
  };
}

#include "lint/config.h"

/* Where a star began, to go on from when what follows it does not fit. */
typedef struct star {
	size_t glob, path; /* after the star; the next byte that it may swallow */
	bool set;
} star;

/*
 * Goes back to the nearest star that can swallow one byte more: a single one not past a slash,
 * else the last double one.
 */
static bool retry(star *one, star *two, hj_slice path, size_t *glob_at, size_t *at)
{
	star *from = NULL;
	if (one->set && one->path < path.size && path.data[one->path] != '/')
		from = one;
	else if (two->set && two->path < path.size)
		from = two;
	if (!from)
		return false;
	if (from == two)
		one->set = false;
	*at = ++from->path;
	*glob_at = from->glob;
	return true;
}

/* With `folder` the glob has to fit the beginning of the path. */
static bool fits(hj_slice glob, hj_slice path, bool folder)
{
	star one = {0}, two = {0};
	size_t g = 0, p = 0;
	for (;;) {
		if (g < glob.size && glob.data[g] == '*') {
			bool twice = g + 1 < glob.size && glob.data[g + 1] == '*';
			g += twice ? 2 : 1;
			/* A slash after two stars belongs to them: a folder or none at all. */
			if (twice && g < glob.size && glob.data[g] == '/' &&
				(p == 0 || path.data[p - 1] == '/'))
				g++;
			*(twice ? &two : &one) = (star){g, p, true};
			if (twice)
				one.set = false;
			continue;
		}
		if (g == glob.size && (folder || p == path.size))
			return true;
		if (g < glob.size && p < path.size &&
			(glob.data[g] == path.data[p] ||
				(glob.data[g] == '?' && path.data[p] != '/'))) {
			g++, p++;
			continue;
		}
		if (!retry(&one, &two, path, &g, &p))
			return false;
	}
}

bool hj_glob_fits(hj_slice glob, hj_slice path)
{
	if (hj_slice_starts(glob, HJ_SLICE("./")))
		glob.data += 2, glob.size -= 2;
	else if (glob.size && glob.data[0] == '/')
		glob.data++, glob.size--;
	else if (glob.size && !memchr(glob.data, '/', glob.size)) {
		const char *slash = path.size ? memrchr(path.data, '/', path.size) : NULL;
		size_t skip = slash ? (size_t)(slash - path.data) + 1 : 0;
		path.data += skip, path.size -= skip;
	}
	return fits(glob, path, glob.size && glob.data[glob.size - 1] == '/');
}

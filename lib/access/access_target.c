/*
 * What a text asks for, and what a rule says.
 */
#include "access/access_parts.h"

#include "syntax/inline.h"

static hj_status expands(hj_reach *reach, hj_slice text, const char **what)
{
	hj_subjects subjects = {.allocator = reach->allocator};
	hj_status status = hj_expand(reach, text, true, &subjects, what);
	hj_subjects_free(&subjects);
	return status;
}

/* PORT or "*", perhaps with /PROTOCOL. False: it is neither; *what is set where it nearly is. */
static bool read_ports(hj_slice text, hj_access_target *out, const char **what)
{
	const char *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
	hj_slice name = {0};
	hj_ports ports;
	uint8_t protocol;
	if (slash) {
		size_t size = (size_t)(slash - text.data);
		name = hj_slice_of(slash + 1, text.size - size - 1);
		text.size = size;
	}
	if (!hj_ports_parse(text, &ports, NULL))
		return false;
	bool all = ports.first == 0;
	if (!all && ports.first != ports.last)
		*what = "one port is wanted, or *";
	if (slash && !hj_protocol_parse(name, &protocol))
		*what = "no such protocol";
	out->port = all ? -1 : ports.first;
	out->protocol = slash ? protocol : -1;
	return true;
}

hj_status hj_access_target_read(
	hj_reach *reach, hj_slice text, hj_access_target *out, const char **what)
{
	hj_hostport parts;
	hj_selector selector = hj_selector_parse(text);
	*out = (hj_access_target){text, -1, -1};
	*what = NULL;
	bool whole = selector.kind == HJ_SELECT_ADDRESS || selector.kind == HJ_SELECT_PREFIX;
	if (whole || !hj_hostport_split(text, &parts) || !read_ports(parts.ports, out, what)) {
		*out = (hj_access_target){text, -1, -1};
		return expands(reach, text, what);
	}
	if (*what)
		return HJ_INVALID;
	out->destination = parts.host;
	hj_status status = expands(reach, parts.host, what);
	if (status != HJ_INVALID)
		return status;
	/* "tag:443" is a tag that looks like a port of something. */
	const char *ignored;
	hj_status as_whole = expands(reach, text, &ignored);
	if (as_whole == HJ_INVALID)
		return HJ_INVALID;
	*out = (hj_access_target){text, -1, -1};
	return as_whole;
}

hj_status hj_rule_text_append(hj_text *out, const hj_policy *policy, hj_rule_place place)
{
	return place.section == HJ_OF_NO_RULE ? HJ_OK
					      : hj_inline_append(out, policy->document, place.node);
}

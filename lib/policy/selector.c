#include "policy/selector.h"

#include "base/fold.h"

static hj_slice cut(hj_slice text, size_t from, size_t to)
{
	return hj_slice_of(text.data + from, to - from);
}

static bool has(hj_slice text, char byte)
{
	return text.size && memchr(text.data, byte, text.size);
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_letter(char byte)
{
	byte = hj_fold(byte);
	return byte >= 'a' && byte <= 'z';
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

hj_slice hj_trim_blanks(hj_slice text)
{
	size_t from = 0, to = text.size;
	while (from < to && is_blank(text.data[from]))
		from++;
	while (to > from && is_blank(text.data[to - 1]))
		to--;
	return from == 0 ? hj_slice_of(text.data, to) : cut(text, from, to);
}

/* Takes a prefix off, in any letter case: tags are folded, and so are destinations with ports. */
static bool skip_prefix(hj_slice *text, const char *prefix)
{
	size_t i = 0;
	while (i < text->size && prefix[i] && hj_fold(text->data[i]) == prefix[i])
		i++;
	if (prefix[i])
		return false;
	*text = cut(*text, i, text->size);
	return true;
}

/*
 * ${…}, $(…) and $NAME of shells and make, %{…} of Terraform, {{…}} of Go and Jinja, <…> of
 * people. One that is cut off counts too: whatever writes the other half knows better.
 */
bool hj_is_template(hj_slice text)
{
	static const bool opens[256] = {['<'] = true, ['$'] = true, ['%'] = true, ['{'] = true};
	for (size_t i = 0; i < text.size; i++) {
		char byte = text.data[i];
		if (!opens[(unsigned char)byte])
			continue;
		char next = i + 1 < text.size ? text.data[i + 1] : '\0';
		if (byte == '<' || (byte == '$' && (next == '(' || (next >= 'A' && next <= 'Z'))) ||
			next == '{')
			return true;
	}
	return false;
}

/* -- autogroups -------------------------------------------------------------------------------- */

static const char *const autogroups[] = {
	[HJ_AUTOGROUP_MEMBER] = "member",
	[HJ_AUTOGROUP_OWNER] = "owner",
	[HJ_AUTOGROUP_ADMIN] = "admin",
	[HJ_AUTOGROUP_IT_ADMIN] = "it-admin",
	[HJ_AUTOGROUP_NETWORK_ADMIN] = "network-admin",
	[HJ_AUTOGROUP_BILLING_ADMIN] = "billing-admin",
	[HJ_AUTOGROUP_AUDITOR] = "auditor",
	[HJ_AUTOGROUP_TAGGED] = "tagged",
	[HJ_AUTOGROUP_SELF] = "self",
	[HJ_AUTOGROUP_INTERNET] = "internet",
	[HJ_AUTOGROUP_SHARED] = "shared",
	[HJ_AUTOGROUP_DANGER_ALL] = "danger-all",
	[HJ_AUTOGROUP_NONROOT] = "nonroot",
};
static bool is_legacy(hj_slice name)
{
	return hj_slice_equal_folded(name, HJ_SLICE("members"));
}

hj_autogroup hj_autogroup_of(hj_slice name)
{
	for (hj_autogroup i = HJ_AUTOGROUP_MEMBER; i <= HJ_AUTOGROUP_NONROOT; i++)
		if (hj_slice_equal_folded(name, hj_slice_str(autogroups[i])))
			return i;
	return is_legacy(name) ? HJ_AUTOGROUP_MEMBER : HJ_AUTOGROUP_UNKNOWN;
}

const char *hj_autogroup_name(hj_autogroup autogroup)
{
	return autogroup <= HJ_AUTOGROUP_NONROOT ? autogroups[autogroup] : NULL;
}

bool hj_autogroup_is_role(hj_autogroup autogroup)
{
	return autogroup >= HJ_AUTOGROUP_OWNER && autogroup <= HJ_AUTOGROUP_AUDITOR;
}

/* -- classification ---------------------------------------------------------------------------- */

/* The rest of "user:*@domain" behind "user:": the star is literal, no other pattern exists. */
static bool read_domain(hj_selector *out)
{
	if (!hj_slice_starts(out->name, HJ_SLICE("*@")) || out->name.size == 2 ||
		memchr(out->name.data + 2, '@', out->name.size - 2))
		return false;
	out->name = cut(out->name, 2, out->name.size);
	return true;
}

/* Known prefixes (policy language 4.2, step 4). */
static bool read_prefixed(hj_selector *out)
{
	static const struct {
		const char *text;
		hj_selector_kind kind;
	} prefixes[] = {
		{"user:", HJ_SELECT_DOMAIN},
		{"localpart:", HJ_SELECT_LOCALPART},
		{"group:", HJ_SELECT_GROUP},
		{"tag:", HJ_SELECT_TAG},
		{"autogroup:", HJ_SELECT_AUTOGROUP},
		{"ipset:", HJ_SELECT_IPSET},
		{"posture:", HJ_SELECT_POSTURE},
		{"svc:", HJ_SELECT_SERVICE},
		{"host:", HJ_SELECT_HOST_PREFIX},
	};
	size_t at = 0, count = sizeof prefixes / sizeof *prefixes;
	hj_slice rest = out->text;
	char first = hj_fold(rest.data[0]);
	if (!has(rest, ':'))
		return false;
	while (at < count &&
		(prefixes[at].text[0] != first || !skip_prefix(&rest, prefixes[at].text)))
		at++;
	if (at == count)
		return false;
	out->kind = prefixes[at].kind;
	out->name = rest;
	if (out->kind == HJ_SELECT_GROUP && has(rest, '@'))
		out->kind = HJ_SELECT_SYNCED;
	if (out->kind == HJ_SELECT_AUTOGROUP) {
		out->autogroup = hj_autogroup_of(rest);
		out->legacy = is_legacy(rest);
	}
	if ((out->kind == HJ_SELECT_DOMAIN || out->kind == HJ_SELECT_LOCALPART) &&
		!read_domain(out))
		out->kind = HJ_SELECT_OTHER;
	return true;
}

static bool read_address(hj_selector *out)
{
	hj_address address;
	/* All begin so, and names hardly ever. */
	if (!is_digit(out->text.data[0]) && !memchr(out->text.data, ':', out->text.size))
		return false;
	if (hj_address_parse(out->text, &address)) {
		out->kind = HJ_SELECT_ADDRESS;
		out->prefix = (hj_prefix){address, address.v6 ? 128 : 32};
		out->range = (hj_range){address, address};
		return true;
	}
	if (!hj_prefix_parse(out->text, &out->prefix))
		return false;
	out->kind = HJ_SELECT_PREFIX;
	out->range = hj_prefix_range(out->prefix);
	return true;
}

static bool read_range(hj_selector *out)
{
	const char *dash = memchr(out->text.data, '-', out->text.size);
	if (!dash)
		return false;
	size_t at = (size_t)(dash - out->text.data);
	hj_range range;
	if (!hj_address_parse(cut(out->text, 0, at), &range.first) ||
		!hj_address_parse(cut(out->text, at + 1, out->text.size), &range.last) ||
		!hj_range_valid(range))
		return false;
	out->kind = HJ_SELECT_RANGE;
	out->range = range;
	return true;
}

/* A mangled IPv4 address, network or range: never meant as a host's name. */
static bool is_numeric(hj_slice text)
{
	bool marked = false;
	for (size_t i = 0; i < text.size; i++) {
		bool mark = text.data[i] == '.' || text.data[i] == '/';
		if (!mark && !is_digit(text.data[i]) && text.data[i] != '-')
			return false;
		marked = marked || mark;
	}
	return marked;
}

/* login@realm: blanks, patterns and a second @ are no part of either (policy language 4.1). */
static bool is_login(hj_slice text, size_t at)
{
	for (size_t i = 0; i < text.size; i++)
		if (is_blank(text.data[i]) || text.data[i] == '*' ||
			(text.data[i] == '@' && i != at))
			return false;
	return at > 0 && at + 1 < text.size;
}

hj_selector hj_selector_parse(hj_slice text)
{
	hj_selector out = {.text = hj_trim(text), .kind = HJ_SELECT_OTHER};
	text = out.text;
	if (text.size == 0)
		out.kind = HJ_SELECT_EMPTY;
	else if (hj_slice_equal(text, HJ_SLICE("*")))
		out.kind = HJ_SELECT_ALL;
	else if (hj_is_template(text))
		out.kind = HJ_SELECT_TEMPLATE;
	if (out.kind != HJ_SELECT_OTHER || read_address(&out) || read_prefixed(&out))
		return out;
	if (has(text, '@')) {
		out.kind = HJ_SELECT_USER;
		const char *at = memrchr(text.data, '@', text.size);
		out.name = cut(text, (size_t)(at - text.data) + 1, text.size);
		out.odd = !is_login(text, (size_t)(at - text.data));
	} else if (!read_range(&out) && !has(text, ':') && !has(text, '*') && !is_numeric(text)) {
		out.kind = HJ_SELECT_WORD;
		out.name = text;
	}
	return out;
}

/* -- names (policy language 6) ----------------------------------------------------------------- */

const char *hj_tag_fault(hj_slice text)
{
	if (!skip_prefix(&text, "tag:"))
		return "tags must start with 'tag:'";
	if (text.size == 0)
		return "tag names must not be empty";
	if (!is_letter(text.data[0]))
		return "tag names must start with a letter, after 'tag:'";
	for (size_t i = 1; i < text.size; i++)
		if (!is_letter(text.data[i]) && !is_digit(text.data[i]) && text.data[i] != '-')
			return "tag names can only contain numbers, letters, or dashes";
	return NULL;
}

const char *hj_service_fault(hj_slice text)
{
	if (!skip_prefix(&text, "svc:"))
		return "must start with 'svc:'";
	if (text.size == 0)
		return "must not be empty after the 'svc:' prefix";
	/* The client's words for bad labels are not known; these are ours. */
	if (text.size > 63)
		return "must not be longer than 63 bytes after 'svc:'";
	for (size_t i = 0; i < text.size; i++) {
		bool dash = text.data[i] == '-';
		if (!is_letter(text.data[i]) && !is_digit(text.data[i]) && !dash)
			return "can only contain letters, digits and dashes after 'svc:'";
		if (dash && (i == 0 || i + 1 == text.size))
			return "must start and end with a letter or digit after 'svc:'";
	}
	return NULL;
}

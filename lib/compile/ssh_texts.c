#include "compile/ssh_parts.h"

#include "syntax/string.h"

#include <stdlib.h>

hj_slice hj__ssh_keep_text(hj_ssh_filter *filter)
{
	filter->ok = filter->ok && !filter->scratch.status;
	return filter->ok
		? hj_arena_copy(&filter->arena, hj_text_slice(&filter->scratch), &filter->ok)
		: (hj_slice){0};
}

static int by_bytes(const void *a, const void *b)
{
	const hj_slice *one = a, *other = b;
	size_t size = one->size < other->size ? one->size : other->size;
	int order = size ? memcmp(one->data, other->data, size) : 0;
	return order ? order : one->size < other->size ? -1 : one->size > other->size;
}

/* What account is given: none to root unless it is listed. */
static hj_slice local_of(hj_slice name, bool root)
{
	if (hj_slice_equal(name, HJ_SLICE("*")))
		return HJ_SLICE("=");
	return !root && hj_slice_equal(name, HJ_SLICE("root")) ? HJ_SLICE("") : name;
}

hj_slice hj__ssh_users(hj_ssh_filter *filter, const hj_words *users)
{
	hj_slice *names = hj__room(&filter->arena, (size_t)users->count + 1, sizeof *names);
	uint32_t count = 0;
	bool root = false;
	filter->ok = filter->ok && names;
	if (!filter->ok)
		return (hj_slice){0};
	for (uint32_t i = 0; i < users->count; i++) {
		hj_selector user = hj_selector_parse(users->items[i].text);
		root = root || hj_slice_equal(user.text, HJ_SLICE("root"));
		if (hj_slice_equal(user.text, HJ_SLICE("autogroup:nonroot")))
			names[count++] = HJ_SLICE("*");
		else if (user.kind != HJ_SELECT_LOCALPART)
			names[count++] = user.text;
	}
	if (!root)
		names[count++] = HJ_SLICE("root");
	qsort(names, count, sizeof *names, by_bytes);
	hj_text *text = &filter->scratch;
	hj_text_clear(text);
	for (uint32_t i = 0; i < count; i++) {
		if (i && hj_slice_equal(names[i - 1], names[i]))
			continue;
		hj_text_str(text, i ? ", " : "{");
		hj_string_encode(names[i], text);
		hj_text_str(text, ": ");
		hj_string_encode(local_of(names[i], root), text);
	}
	hj_text_byte(text, '}');
	return hj__ssh_keep_text(filter);
}

hj_slice hj__ssh_local_user(hj_ssh_filter *filter, const hj_user *user)
{
	hj_text *text = &filter->scratch;
	hj_slice local = hj_slice_of(user->login.data, user->login.size - user->domain.size);
	if (local.size)
		local.size--; /* the "@" */
	hj_text_clear(text);
	hj_text_byte(text, '{');
	hj_string_encode(local, text);
	hj_text_str(text, ": ");
	hj_string_encode(local, text);
	hj_text_byte(text, '}');
	return hj__ssh_keep_text(filter);
}

hj_slice hj__ssh_rest(hj_ssh_filter *filter, const hj_ssh_rule *entry, bool check)
{
	hj_text *text = &filter->scratch;
	hj_text_clear(text);
	hj_text_str(text,
		check ? ", \"action\": {\"holdAndDelegate\": "
			"\"https://unused/machine/ssh/action/$SRC_NODE_ID/to/"
			"$DST_NODE_ID?local_user=$LOCAL_USER\"}"
		      : ", \"action\": {\"accept\": true, \"allowAgentForwarding\": true, "
			"\"allowLocalPortForwarding\": true, \"allowRemotePortForwarding\": true}");
	/* An empty list is as good as none: the field is left out when it is empty. */
	if (entry->accept_env.count) {
		hj_text_str(text, ", \"acceptEnv\": [");
		for (uint32_t i = 0; i < entry->accept_env.count; i++) {
			hj_text_str(text, i ? ", " : "");
			hj_string_encode(entry->accept_env.items[i].text, text);
		}
		hj_text_byte(text, ']');
	}
	hj_text_byte(text, '}');
	return hj__ssh_keep_text(filter);
}

#include "engine/snapshot_parts.h"
#include "syntax/string.h"

/* -- what is known already --------------------------------------------------------------------------- */

static void put_key(hj_text *key, hj_slice src, hj_slice proto, bool deny, hj_slice dst)
{
	hj_text_clear(key);
	hj_text_append(key, hj_trim(src));
	hj_text_printf(key, "\n%s\n", deny ? "deny" : "accept");
	hj_text_append(key, hj_trim(proto));
	hj_text_byte(key, '\n');
	hj_text_append(key, hj_trim(dst));
}

static void note_list(hj__shot *shot, const hj_test *test, bool deny, const hj_words *list)
{
	for (uint32_t i = 0; i < list->count && !shot->status; i++) {
		bool ok = true;
		put_key(&shot->spelt, test->src.text, test->proto.text, deny, list->items[i].text);
		hj_slice key = hj_arena_copy(&shot->arena, hj_text_slice(&shot->spelt), &ok);
		shot->status = ok && !shot->spelt.status
			? hj_map_put(&shot->known, key, 0, NULL, NULL)
			: HJ_NO_MEMORY;
	}
}

void hj__note_known(hj__shot *shot)
{
	for (uint32_t i = 0; i < shot->policy->tests.count && !shot->status; i++) {
		const hj_test *test = &shot->policy->tests.items[i];
		if (test->posture.count)
			continue;
		note_list(shot, test, false, &test->accept);
		note_list(shot, test, true, &test->deny);
	}
}

static bool is_known(hj__shot *shot, const hj_assertion *assertion)
{
	if (shot->known.count == 0)
		return false;
	put_key(&shot->spelt, assertion->src.text, assertion->proto.text,
		assertion->want == HJ_WANT_DENY, assertion->dst.text);
	return hj_map_get(&shot->known, hj_text_slice(&shot->spelt));
}

/* -- writing ----------------------------------------------------------------------------------------- */

/* The flows of one test: first all as accepts, then the same as denies. */
typedef struct flows {
	const hj_assertion *accepts, *denies;
	size_t count;
	bool *accepted, *denied; /* what is written */
} flows;

static hj_slice host_of(const hj_assertion *assertion)
{
	hj_hostport parts;
	return hj_hostport_split(assertion->dst.text, &parts) ? parts.host : assertion->dst.text;
}

/* Of what passes: all accepts, and of a destination out of reach the first deny. */
static uint32_t choose(hj__shot *shot, flows *all)
{
	uint32_t kept = 0;
	for (size_t i = 0; i < all->count;) {
		size_t end = i;
		bool reached = false, shut = false;
		hj_slice host = host_of(&all->accepts[i]);
		for (; end < all->count && hj_slice_equal(host_of(&all->accepts[end]), host);
			end++) {
			reached = reached || all->accepts[end].pass == HJ_YES;
			shut = shut || is_known(shot, &all->denies[end]);
		}
		for (; i < end; i++) {
			const hj_assertion *accept = &all->accepts[i], *deny = &all->denies[i];
			all->accepted[i] = accept->pass == HJ_YES && !is_known(shot, accept);
			all->denied[i] =
				deny->pass == HJ_YES && (reached || !shut) && !is_known(shot, deny);
			shut = shut || all->denied[i];
			kept += (uint32_t)all->accepted[i] + (uint32_t)all->denied[i];
		}
	}
	return kept;
}

enum { WIDE = 90 }; /* bytes of a line */

/* Appends a list as a member; false: nothing is in it. broken: one string a line. */
static void write_list(hj_text *out, const char *name, const hj_assertion *items, const bool *kept,
	size_t count, bool broken)
{
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		if (!kept[i])
			continue;
		if (any)
			hj_text_byte(out, ',');
		else
			hj_text_printf(out, "\"%s\":[", name);
		hj_text_str(out, broken ? "\n" : "");
		any = true;
		hj_string_encode(items[i].dst.text, out);
	}
	hj_text_str(out, any ? "]" : "");
}

static void write_member(hj_text *out, hj_slice member, bool broken)
{
	if (member.size == 0)
		return;
	hj_text_str(out, broken ? ",\n" : ",");
	hj_text_append(out, member);
}

/* On one line where it fits, else a line for each member, or for each destination. */
static void write_entry(hj__shot *shot, hj_text *out, const flows *all)
{
	hj_text lists[2];
	size_t wide = 0;
	for (unsigned k = 0; k < 2; k++) {
		const hj_assertion *items = k ? all->denies : all->accepts;
		const bool *kept = k ? all->denied : all->accepted;
		const char *name = k ? "deny" : "accept";
		hj_text_init(&lists[k], shot->allocator);
		write_list(&lists[k], name, items, kept, all->count, false);
		if (lists[k].size > WIDE) {
			wide = WIDE + 1;
			hj_text_clear(&lists[k]);
			write_list(&lists[k], name, items, kept, all->count, true);
		}
		wide += lists[k].size;
	}
	bool broken = wide + all->accepts->src.text.size > WIDE;
	hj_text_str(out, broken ? "{\n\"src\":" : "{\"src\":");
	hj_string_encode(all->accepts->src.text, out);
	if (all->accepts->proto.node)
		write_member(out, HJ_SLICE("\"proto\":\"udp\""), broken);
	for (unsigned k = 0; k < 2; k++) {
		write_member(out, hj_text_slice(&lists[k]), broken);
		if (lists[k].status)
			shot->status = lists[k].status;
		hj_text_free(&lists[k]);
	}
	hj_text_str(out, broken ? "\n}" : "}");
}

hj_status hj__write_snapshot(hj__shot *shot, const hj_assertions *assertions, uint32_t most,
	hj_text *out, hj_snapshot *taken)
{
	size_t flow_count = hj__count_flows(shot, 0) + hj__count_flows(shot, 1);
	bool *marks = hj_alloc(shot->allocator, 2 * flow_count * sizeof *marks);
	if (!marks)
		return HJ_NO_MEMORY;
	hj_text_byte(out, '[');
	for (size_t i = 0; i < assertions->count && !shot->status;) {
		const hj_assertion *first = &assertions->items[i];
		size_t from = i;
		while (i < assertions->count && assertions->items[i].test == first->test)
			i++;
		flows all = {
			first, first + (i - from) / 2, (i - from) / 2, marks, marks + flow_count};
		uint32_t kept = choose(shot, &all);
		if (kept == 0)
			continue;
		if (kept > most - taken->assertions) {
			taken->cut = true;
			break;
		}
		hj_text_str(out, taken->entries ? ",\n" : "\n");
		write_entry(shot, out, &all);
		taken->entries++;
		taken->assertions += kept;
	}
	hj_text_str(out, taken->entries ? "\n]" : "]");
	hj_free(shot->allocator, marks, 2 * flow_count * sizeof *marks);
	return shot->status ? shot->status : out->status;
}

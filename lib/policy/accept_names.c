#include "policy/acceptance.h"

/* -- groups ------------------------------------------------------------------------------------ */

static const hj_seat member_seat = {.rule = &hj__name_rows[G_MEMBER],
	.field = "",
	.noun = "a member of a group",
	.allowed = HJ_KIND(USER)};

static bool is_after(hj_slice name, hj_slice other)
{
	size_t least = name.size < other.size ? name.size : other.size;
	int order = least ? memcmp(name.data, other.data, least) : 0;
	return order > 0 || (order == 0 && name.size > other.size);
}

/*
 * Of several such groups the service was seen to name the alphabetically last, which may be chance
 * (control plane 11); in a list the first fault is named.
 */
static const hj_entry *find_nested(const hj_acceptance *run)
{
	const hj_entry *last = NULL;
	for (uint32_t i = 0; i < run->policy->groups.count; i++) {
		const hj_entry *group = &run->policy->groups.items[i];
		bool nested = false;
		for (uint32_t k = 0; k < group->words.count && !nested; k++)
			nested = hj__selector(run, group->words.items[k]).kind == HJ_SELECT_GROUP;
		if (nested && (!last || is_after(group->name.text, last->name.text)))
			last = group;
	}
	return last;
}

static void blame_nested(
	hj_acceptance *run, hj_word group, hj_word member, const hj_selector *inner, bool first)
{
	hj_finding *finding = hj__blame(run, &hj__name_rows[G_NESTED], member.node,
		hj__part(run, member, inner->text), "", "a group cannot have a group as member");
	if (finding && first)
		finding->refusal = hj_refusal(HJ_STAGE_GROUPS, 0) + member.node;
	hj__help(run, finding,
		"list the people themselves, or name both groups where this one is used");
	hj__says(run, finding, "groups[\"%.*s\"]: \"%.*s\": group members cannot be recursive",
		HJ_WHOLE(group.text), HJ_WHOLE(inner->text));
}

static void check_groups(hj_acceptance *run)
{
	const hj_entry *nested = find_nested(run);
	run->stage = HJ_STAGE_GROUPS;
	for (uint32_t i = 0; i < run->policy->groups.count; i++) {
		const hj_entry *group = &run->policy->groups.items[i];
		hj_selector name = hj_selector_parse(group->name.text);
		hj__at_name(run, "groups", group->name.text);
		bool named = name.kind == HJ_SELECT_GROUP && name.name.size;
		if (!named && name.kind != HJ_SELECT_TEMPLATE && name.kind != HJ_SELECT_SYNCED)
			hj__blame_name(run, &hj__name_rows[G_GROUP_NAME], group->name, "group:");
		for (uint32_t k = 0; k < group->words.count; k++) {
			hj_word member = group->words.items[k];
			hj_selector who = hj__selector(run, member);
			if (who.kind == HJ_SELECT_GROUP) {
				blame_nested(run, group->name, member, &who, group == nested);
				continue;
			}
			hj_finding *finding = hj__seat(run, &member_seat, member, &who);
			hj__help(run, finding,
				"members are logins: alice@example.com, alice@github");
		}
	}
}

/* -- tagOwners --------------------------------------------------------------------------------- */

static const hj_seat owner_seat = {.rule = &hj__name_rows[G_OWNER],
	.field = "",
	.noun = "an owner of a tag",
	.allowed = HJ_PEOPLE | HJ_ROLES | HJ_KIND(TAG) | HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED),
	.unknown = HJ_KIND(DOMAIN)};

static void check_tag_owners(hj_acceptance *run)
{
	run->stage = HJ_STAGE_TAG_OWNERS;
	for (uint32_t i = 0; i < run->policy->tag_owners.count; i++) {
		const hj_entry *tag = &run->policy->tag_owners.items[i];
		hj_slice name = hj_trim(tag->name.text);
		const char *fault = hj_is_template(name) ? NULL : hj_tag_fault(name);
		hj__at_name(run, "tagOwners", tag->name.text);
		if (fault) {
			hj_finding *finding =
				hj__blame(run, &hj__name_rows[G_TAG_NAME], tag->name.node,
					hj_node_span(&run->nodes[tag->name.node]), "", "%s", fault);
			hj__help(run, finding,
				"write \"tag:\", a letter, then letters, digits and dashes");
			hj__says(run, finding, "tagOwners[\"%.*s\"]: %s", HJ_WHOLE(tag->name.text),
				fault);
		}
		for (uint32_t k = 0; k < tag->words.count; k++) {
			hj_selector owner = hj__selector(run, tag->words.items[k]);
			hj__seat(run, &owner_seat, tag->words.items[k], &owner);
		}
	}
}

/* -- hosts ------------------------------------------------------------------------------------- */

static void check_host_name(hj_acceptance *run, hj_word name)
{
	bool at = name.text.size && memchr(name.text.data, '@', name.text.size);
	bool colon = name.text.size && memchr(name.text.data, ':', name.text.size);
	if (!at && !colon) {
		/* The grammar of an alias has neither (policy language 4.1). */
		bool blank = name.text.size &&
			(memchr(name.text.data, ' ', name.text.size) ||
				memchr(name.text.data, '\t', name.text.size));
		if (name.text.size && !blank)
			return;
		hj_finding *finding = hj__blame(run, &hj__name_rows[G_HOST_NAME], name.node,
			hj_node_span(&run->nodes[name.node]), "",
			"it is not known whether the service takes a name %s",
			blank ? "with blanks" : "without a letter");
		hj__help(run, finding, "use letters, digits and dashes");
		hj__doubt(finding);
		return;
	}
	const char *mark = memchr(name.text.data, at ? '@' : ':', name.text.size);
	hj_finding *finding = hj__blame(run, &hj__name_rows[G_HOST_NAME], name.node,
		hj__part(run, name, hj_slice_of(mark, 1)), "", "a host's name has no \"%c\"",
		at ? '@' : ':');
	hj__help(run, finding, "use letters, digits and dashes");
	if (at)
		hj__says(run, finding,
			"host names cannot include an @, please change the name for \"%.*s\"",
			HJ_WHOLE(name.text));
	else
		hj__says(run, finding, "host name must not contain colon (:)");
}

static void check_host_value(hj_acceptance *run, hj_word value)
{
	hj_selector address = hj_selector_parse(value.text);
	if (address.kind == HJ_SELECT_TEMPLATE)
		return;
	if (hj__bit(&address) & HJ_ADDRESSES) {
		hj__host_bits(run, "", value, &address);
		return;
	}
	hj_finding *finding = hj__blame(run, &hj__name_rows[G_HOST_VALUE], value.node,
		hj_node_span(&run->nodes[value.node]), "", "\"%.*s\" is no address and no network",
		HJ_SLICE_ARGS(value.text));
	if (address.kind == HJ_SELECT_RANGE)
		hj__help(run, finding, "a range belongs in \"ipsets\"");
	else if (address.text.size && memchr(address.text.data, ':', address.text.size) &&
		memchr(address.text.data, '.', address.text.size))
		hj__help(run, finding, "leave the port out; it is written where the host is used");
	else
		hj__help(run, finding,
			"write an address or ADDRESS/LENGTH; names are not looked up");
}

static void check_hosts(hj_acceptance *run)
{
	run->stage = HJ_STAGE_HOSTS;
	for (uint32_t i = 0; i < run->policy->hosts.count; i++) {
		const hj_entry *host = &run->policy->hosts.items[i];
		hj__at_name(run, "hosts", host->name.text);
		check_host_name(run, host->name);
		if (host->word.node)
			check_host_value(run, host->word);
	}
}

void hj__accept_names(hj_acceptance *run)
{
	check_groups(run);
	check_tag_owners(run);
	check_hosts(run);
}

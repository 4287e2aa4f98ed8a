/*
 * Selectors: the strings that name users, devices, services and addresses (policy language 4).
 */
#ifndef HJ_POLICY_SELECTOR_H
#define HJ_POLICY_SELECTOR_H

#include "base/address.h"

typedef enum hj_selector_kind {
	HJ_SELECT_EMPTY,       /* nothing but blanks */
	HJ_SELECT_ALL,         /* "*" */
	HJ_SELECT_USER,        /* login@realm; well-formed or not; `name` is the realm */
	HJ_SELECT_DOMAIN,      /* user:*@domain; `name` is the domain */
	HJ_SELECT_LOCALPART,   /* localpart:*@domain; `name` is the domain */
	HJ_SELECT_GROUP,       /* group:name */
	HJ_SELECT_SYNCED,      /* group:name@domain: comes from an identity provider */
	HJ_SELECT_TAG,         /* tag:name */
	HJ_SELECT_AUTOGROUP,   /* autogroup:name; see `autogroup` */
	HJ_SELECT_IPSET,       /* ipset:name */
	HJ_SELECT_POSTURE,     /* posture:name */
	HJ_SELECT_SERVICE,     /* svc:name */
	HJ_SELECT_HOST_PREFIX, /* host:name, as ipsets want it */
	HJ_SELECT_ADDRESS,     /* one address; in `prefix` with all bits */
	HJ_SELECT_PREFIX,      /* address/bits */
	HJ_SELECT_RANGE,       /* address-address of one family, in order */
	HJ_SELECT_WORD,        /* no ":", "@" or "*": a host alias, if "hosts" defines it */
	HJ_SELECT_TEMPLATE,    /* has a placeholder such as ${VAR} in it: cannot be judged */
	HJ_SELECT_OTHER,       /* none of these: an unknown prefix, a mangled address */
} hj_selector_kind;

typedef enum hj_autogroup {
	HJ_AUTOGROUP_UNKNOWN,
	HJ_AUTOGROUP_MEMBER, /* also spelt "members", the legacy way: see `legacy` */
	HJ_AUTOGROUP_OWNER,
	HJ_AUTOGROUP_ADMIN,
	HJ_AUTOGROUP_IT_ADMIN,
	HJ_AUTOGROUP_NETWORK_ADMIN,
	HJ_AUTOGROUP_BILLING_ADMIN,
	HJ_AUTOGROUP_AUDITOR,
	HJ_AUTOGROUP_TAGGED,
	HJ_AUTOGROUP_SELF,
	HJ_AUTOGROUP_INTERNET,
	HJ_AUTOGROUP_SHARED,
	HJ_AUTOGROUP_DANGER_ALL,
	HJ_AUTOGROUP_NONROOT,
} hj_autogroup;

typedef struct hj_selector {
	hj_selector_kind kind;
	hj_slice text; /* without blanks at its ends; borrowed */
	/* What stands after the prefix or, for domains, after "*@"; of a word the whole. Also for a
	   malformed "user:…", which is OTHER. May be empty. */
	hj_slice name;
	hj_autogroup autogroup;
	bool odd;         /* of a user: has not the form login@realm */
	bool legacy;      /* "autogroup:members" */
	hj_prefix prefix; /* of an address or prefix, as written */
	hj_range range;   /* of an address, prefix or range */
} hj_selector;

/*
 * Never fails: what cannot be understood is HJ_SELECT_OTHER. The order of trials is that of policy
 * language 4.2, so "group:x@example.com" is a synced group and "10.0.0.0/33" is no word. Prefixes
 * and autogroups are found in any letter case; tags keep theirs here.
 */
HJ_API hj_selector hj_selector_parse(hj_slice text);

/* "member" → HJ_AUTOGROUP_MEMBER; the name without "autogroup:", in any letter case. */
HJ_API hj_autogroup hj_autogroup_of(hj_slice name);
/* The canonical name, "it-admin"; NULL for HJ_AUTOGROUP_UNKNOWN. */
HJ_API const char *hj_autogroup_name(hj_autogroup autogroup);
/* owner, admin, it-admin, network-admin, billing-admin, auditor */
HJ_API bool hj_autogroup_is_role(hj_autogroup autogroup);

/*
 * Is there a placeholder of a template in it: ${…}, $(…), $NAME, %{…}, {{…}}, <…>? Nobody can judge the
 * text then.
 */
HJ_API bool hj_is_template(hj_slice text);

/* Blanks (space, tab, CR, LF) at both ends taken off, as the service does. */
HJ_API hj_slice hj_trim_blanks(hj_slice text);
/* The same; nearly all texts have none, and that is seen at once. */
static inline hj_slice hj_trim(hj_slice text)
{
	bool blank = text.size && (text.data[0] <= ' ' || text.data[text.size - 1] <= ' ');
	return blank ? hj_trim_blanks(text) : text;
}

/*
 * Is a tag name well-formed? NULL, or the service's words for what is wrong with the whole text
 * "tag:…": "tag names must start with a letter, after 'tag:'" (policy language 6).
 */
HJ_API const char *hj_tag_fault(hj_slice text);
/* The same for "svc:…": the service's words, without the quoted name before them. */
HJ_API const char *hj_service_fault(hj_slice text);

#endif

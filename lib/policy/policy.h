/*
 * A policy: what a document says, typed. Every fact keeps its node, so every message has a span.
 *
 * Binding is driven by the schema's table (schema.c): a field of a record says where in these
 * structures its value goes. What has the wrong type is left out here and reported by the shape
 * rules; unknown fields stay in the document. A field that is written twice keeps its first value,
 * one that is written under both its names that of the newer name. Everything is borrowed from the
 * document and the policy's arena; free the policy before the document. Linear in the document, no
 * recursion.
 */
#ifndef HJ_POLICY_POLICY_H
#define HJ_POLICY_POLICY_H

#include "policy/selector.h"
#include "syntax/document.h"

/* Node 0 is the root, which is never a field's value: a node of 0 means "not there". */
typedef struct hj_word {
	uint32_t node;
	uint32_t term; /* of a selector: its place in hj_policy.terms; 0 elsewhere */
	hj_slice text; /* decoded, blanks at the ends kept */
} hj_word;

/* A list of strings; elements that are no strings are left out. */
typedef struct hj_words {
	uint32_t node; /* the array; the string itself where one stands for a list */
	uint32_t count;
	hj_word *items;
} hj_words;

typedef struct hj_flag {
	uint32_t node;
	bool value;
} hj_flag;

typedef struct hj_number {
	uint32_t node;
	double value;
} hj_number;

/*
 * A member of an object whose names the author chose: a group, a tag's owners, a capability. A
 * string where a list of strings belongs is both: a word, and words of one.
 */
typedef struct hj_entry {
	hj_word name;
	uint32_t value; /* the node, whatever it is */
	hj_words words; /* when it is a list, and strings may be in it */
	hj_word word;   /* when it is a string, and may be one */
} hj_entry;

/* In the order of the document; a name that stands twice is here twice. */
typedef struct hj_entries {
	uint32_t node; /* the object */
	uint32_t count;
	hj_entry *items;
} hj_entries;

typedef struct hj_acl {
	uint32_t node;
	hj_word action, proto;
	hj_words src, dst;     /* "src", "dst", or their older names */
	hj_words users, ports; /* the older names themselves, when written so */
	hj_words posture;      /* srcPosture */
} hj_acl;

typedef struct hj_grant {
	uint32_t node;
	hj_words src, dst, ip, via, posture;
	hj_entries app;
} hj_grant;

typedef struct hj_ssh_rule {
	uint32_t node;
	hj_word action, check_period;
	hj_words src, dst, users, accept_env, posture, recorder;
	hj_flag enforce_recorder;
} hj_ssh_rule;

typedef struct hj_node_attr {
	uint32_t node;
	hj_words target, attr, ip_pool;
	hj_entries app;
} hj_node_attr;

typedef struct hj_test {
	uint32_t node;
	hj_word src, proto;
	hj_words accept, deny;
	hj_word user;       /* "src" under its older name */
	hj_words allow;     /* "accept" under its older name */
	hj_entries posture; /* srcPostureAttrs */
} hj_test;

typedef struct hj_ssh_test {
	uint32_t node;
	hj_word src;
	hj_words dst, accept, check, deny;
	hj_entries posture;
} hj_ssh_test;

typedef struct hj_acls {
	uint32_t node, count;
	hj_acl *items;
} hj_acls;
typedef struct hj_grants {
	uint32_t node, count;
	hj_grant *items;
} hj_grants;
typedef struct hj_ssh {
	uint32_t node, count;
	hj_ssh_rule *items;
} hj_ssh;
typedef struct hj_node_attrs {
	uint32_t node, count;
	hj_node_attr *items;
} hj_node_attrs;
typedef struct hj_tests {
	uint32_t node, count;
	hj_test *items;
} hj_tests;
typedef struct hj_ssh_tests {
	uint32_t node, count;
	hj_ssh_test *items;
} hj_ssh_tests;

typedef struct hj_auto_approvers {
	uint32_t node;
	hj_entries routes, services;
	hj_words exit_node;
} hj_auto_approvers;

/*
 * A selector, classified once however often it stands in the document: words whose texts are equal
 * but for blanks at the ends have the same term. Of HOST:PORTS it is HOST (without brackets; all of
 * it where there are no ports), of an operation of an IP set its target. Letter case counts. Where
 * the schema knows no selector, the term is 0. The texts are those of any one of the words.
 */
typedef struct hj_term {
	hj_selector selector;
	bool is_template; /* there is a placeholder in it: the kind is HJ_SELECT_TEMPLATE */
} hj_term;

/* A string at a position of the schema, whether or not these structures have a place for it. */
typedef struct hj_use {
	uint32_t node, term;
	const struct hj_position *position; /* policy/schema.h */
} hj_use;

typedef struct hj_policy {
	const hj_document *document;
	hj_term *terms;      /* terms[0] is the empty selector */
	uint32_t term_count; /* at least 1 */
	hj_use *uses;        /* in the order of the document; names before their values */
	size_t use_count, use_capacity;
	hj_acls acls;
	hj_grants grants;
	hj_ssh ssh;
	hj_node_attrs node_attrs;
	hj_tests tests;
	hj_ssh_tests ssh_tests;
	hj_entries groups, hosts, tag_owners, ipsets, postures, attr_config;
	hj_words default_posture; /* defaultSrcPosture */
	hj_auto_approvers auto_approvers;
	uint32_t derp_map; /* nodes; 0: absent. Looked into by the rules that care */
	hj_flag disable_ipv4, randomize_client_port;
	hj_word one_cgnat_route;
	uint32_t extra_dns_records;
	uint32_t known_sections; /* top-level names that the schema knows, with a fitting value */
	bool regular;            /* all is as the schema has it: see hj_walk in policy/schema.h */
	hj_arena arena;
} hj_policy;

/*
 * Binds a document; a broken one as far as its nodes go, one that is no policy to an empty policy.
 * HJ_NO_MEMORY: there is nothing to free.
 */
HJ_API hj_status hj_policy_bind(
	const hj_document *document, const hj_allocator *allocator, hj_policy *out);
HJ_API void hj_policy_free(hj_policy *policy);
/*
 * A term's selector with its texts where they stand in `text`, which is the word's own or, where a
 * word is more than its selector, the part that is the selector. As hj_selector_parse, at less cost.
 */
HJ_API hj_selector hj_policy_selector(const hj_policy *policy, uint32_t term, hj_slice text);

#endif

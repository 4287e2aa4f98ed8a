/*
 * A push: replaces a tailnet's policy, and never somebody else's edit.
 *
 * Reads the remote policy with its ETag, lets the caller decide with both texts at hand, sends the new
 * one with If-Match, and looks again whenever the answer does not settle what happened. What it then
 * says is what it saw: the outcome tells apart what is stored, what is not, and what nobody can know.
 */
#ifndef HJ_API_PUSH_H
#define HJ_API_PUSH_H

#include "api/session.h"

typedef enum hj_push_end {
	HJ_PUSH_UNREACHABLE, /* the remote policy could not be read; nothing was sent */
	HJ_PUSH_SAME,        /* the remote is the local text already; nothing was sent */
	HJ_PUSH_DECLINED,    /* the caller decided against it; nothing was sent */
	HJ_PUSH_STORED,      /* accepted, and the service's text is the one that was sent */
	HJ_PUSH_CHANGED,     /* accepted, but the service then had another text: see remote */
	HJ_PUSH_CONFLICT, /* 412: the remote is no longer what was read; see remote for what it is */
	HJ_PUSH_REFUSED,  /* another refusal: the remote is as it was */
	HJ_PUSH_FAILED,   /* the request did not get through: the remote is as it was */
	HJ_PUSH_LOST_STORED, /* no answer; looked again: the new text is there */
	HJ_PUSH_LOST_OLD,    /* no answer; looked again: still the old one. The request could, in
				theory, still be on its way */
	HJ_PUSH_LOST_OTHER,  /* no answer; looked again: neither. Somebody else wrote in between */
	HJ_PUSH_LOST,        /* no answer, and looking again failed: nobody knows */
} hj_push_end;

/* The word for an end in reports: "stored", "conflict". */
const char *hj_push_end_name(hj_push_end end);

typedef struct hj_push_options {
	hj_session *session;
	hj_slice tailnet; /* "-" is usual */
	hj_slice policy;  /* the file's own bytes; it must parse */
	/* Sent in If-Match instead of the ETag that was read, as given: "ts-default", or an ETag of
	   an earlier reading. Size 0: what was read. */
	hj_slice if_match;
	/*
	 * Asked once, when the two differ: shall it be sent? NULL: yes. The texts are good during the
	 * call.
	 */
	bool (*decide)(void *context, hj_slice remote, hj_slice etag);
	void *context;
	hj_clock clock; /* for the waits before looking again */
} hj_push_options;

typedef struct hj_push {
	hj_push_end end;
	hj_text remote;      /* the service's policy as last seen */
	hj_text remote_etag; /* its ETag, without quotes */
	hj_text message;     /* what went wrong, for people; empty when nothing did */
	hj_call refusal;     /* of REFUSED: its response has the service's message and data */
	unsigned posts;      /* how often the policy was sent: 0 or 1 */
} hj_push;

/* HJ_SYNTAX: the local text does not parse. HJ_NO_MEMORY. Free it either way. */
hj_status hj_push_run(const hj_push_options *options, const hj_allocator *allocator, hj_push *out);
void hj_push_free(hj_push *push);

#endif

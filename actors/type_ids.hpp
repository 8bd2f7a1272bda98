#pragma once

// CAF's type-ID block: one line for every type that travels between actors, in the order of
// messages.hpp and interfaces.hpp. None is ever serialised: actors exchange them inside one process
// only (the wire has its own codec in transport/wire/), so they may hold shared payloads and
// connections.

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

namespace hobnob {
struct connection_frames;
struct connection_drained;
struct connection_closed;
struct connection_accepted;
struct dial_finished;
struct silence_suspected;
struct silence_lost;
struct login_request;
struct login_verdict;
struct session_ended;
struct session_suspected;
struct session_record_changed;
struct directory_notice;
struct end_session;
struct directory_lookup;
struct directory_lookup_result;
struct find_route;
struct forward_envelopes;
struct envelopes_refused;
struct circuit_offered;
struct admit_user;
struct remove_user;
struct kick_user;
struct list_users;
struct account_list;
struct account_change_result;
struct session_changed;
struct presence_changed;
struct link_changed;
struct user_list;
struct text_received;
struct application_message_received;
struct message_progress;
struct peer_stopped;
struct send_text;
struct send_application_message;
struct get_users;
struct get_status;
struct peer_status;
struct ping_user;
struct want_link;
struct ping_result;
struct verify_user;
struct verify_result;
struct stop_peer;
struct heartbeat_tick;
struct register_session;
struct route_found;
struct add_subscriber;
struct carry_messages;
struct carry_receipts;
struct route_changed;
struct link_ready;
struct link_frames;
struct link_drained;
struct link_gone;
struct serve_hub;
struct keep_message;
struct message_dropped;
struct tell_subscriber;
struct carrier_blocked;
struct frames_arrived;
struct messages_refused;
struct deadline_passed;
struct directory_news;
struct lookup_user;
struct user_looked_up;
struct request_circuit;
struct circuit_refused;
struct unknown_sender;
struct session_vanished;
struct contact_changed;
struct admit_link;
struct probe_link;
struct link_introduced;
struct link_opened;
struct link_suspected;
struct link_ended;
struct start_peer;
struct addresses_changed;
struct count_messages;
struct settle_messages;
struct message_count;
}  // namespace hobnob

CAF_BEGIN_TYPE_ID_BLOCK(hobnob, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(hobnob, (hobnob::connection_frames))
CAF_ADD_TYPE_ID(hobnob, (hobnob::connection_drained))
CAF_ADD_TYPE_ID(hobnob, (hobnob::connection_closed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::connection_accepted))
CAF_ADD_TYPE_ID(hobnob, (hobnob::dial_finished))
CAF_ADD_TYPE_ID(hobnob, (hobnob::silence_suspected))
CAF_ADD_TYPE_ID(hobnob, (hobnob::silence_lost))
CAF_ADD_TYPE_ID(hobnob, (hobnob::login_request))
CAF_ADD_TYPE_ID(hobnob, (hobnob::login_verdict))
CAF_ADD_TYPE_ID(hobnob, (hobnob::session_ended))
CAF_ADD_TYPE_ID(hobnob, (hobnob::session_suspected))
CAF_ADD_TYPE_ID(hobnob, (hobnob::session_record_changed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::directory_notice))
CAF_ADD_TYPE_ID(hobnob, (hobnob::end_session))
CAF_ADD_TYPE_ID(hobnob, (hobnob::directory_lookup))
CAF_ADD_TYPE_ID(hobnob, (hobnob::directory_lookup_result))
CAF_ADD_TYPE_ID(hobnob, (hobnob::find_route))
CAF_ADD_TYPE_ID(hobnob, (hobnob::forward_envelopes))
CAF_ADD_TYPE_ID(hobnob, (hobnob::envelopes_refused))
CAF_ADD_TYPE_ID(hobnob, (hobnob::circuit_offered))
CAF_ADD_TYPE_ID(hobnob, (hobnob::admit_user))
CAF_ADD_TYPE_ID(hobnob, (hobnob::remove_user))
CAF_ADD_TYPE_ID(hobnob, (hobnob::kick_user))
CAF_ADD_TYPE_ID(hobnob, (hobnob::list_users))
CAF_ADD_TYPE_ID(hobnob, (hobnob::account_list))
CAF_ADD_TYPE_ID(hobnob, (hobnob::account_change_result))
CAF_ADD_TYPE_ID(hobnob, (hobnob::session_changed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::presence_changed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_changed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::user_list))
CAF_ADD_TYPE_ID(hobnob, (hobnob::text_received))
CAF_ADD_TYPE_ID(hobnob, (hobnob::application_message_received))
CAF_ADD_TYPE_ID(hobnob, (hobnob::message_progress))
CAF_ADD_TYPE_ID(hobnob, (hobnob::peer_stopped))
CAF_ADD_TYPE_ID(hobnob, (hobnob::send_text))
CAF_ADD_TYPE_ID(hobnob, (hobnob::send_application_message))
CAF_ADD_TYPE_ID(hobnob, (hobnob::get_users))
CAF_ADD_TYPE_ID(hobnob, (hobnob::get_status))
CAF_ADD_TYPE_ID(hobnob, (hobnob::peer_status))
CAF_ADD_TYPE_ID(hobnob, (hobnob::ping_user))
CAF_ADD_TYPE_ID(hobnob, (hobnob::want_link))
CAF_ADD_TYPE_ID(hobnob, (hobnob::ping_result))
CAF_ADD_TYPE_ID(hobnob, (hobnob::verify_user))
CAF_ADD_TYPE_ID(hobnob, (hobnob::verify_result))
CAF_ADD_TYPE_ID(hobnob, (hobnob::stop_peer))
CAF_ADD_TYPE_ID(hobnob, (hobnob::heartbeat_tick))
CAF_ADD_TYPE_ID(hobnob, (hobnob::register_session))
CAF_ADD_TYPE_ID(hobnob, (hobnob::route_found))
CAF_ADD_TYPE_ID(hobnob, (hobnob::add_subscriber))
CAF_ADD_TYPE_ID(hobnob, (hobnob::carry_messages))
CAF_ADD_TYPE_ID(hobnob, (hobnob::carry_receipts))
CAF_ADD_TYPE_ID(hobnob, (hobnob::route_changed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_ready))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_frames))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_drained))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_gone))
CAF_ADD_TYPE_ID(hobnob, (hobnob::serve_hub))
CAF_ADD_TYPE_ID(hobnob, (hobnob::keep_message))
CAF_ADD_TYPE_ID(hobnob, (hobnob::message_dropped))
CAF_ADD_TYPE_ID(hobnob, (hobnob::tell_subscriber))
CAF_ADD_TYPE_ID(hobnob, (hobnob::carrier_blocked))
CAF_ADD_TYPE_ID(hobnob, (hobnob::frames_arrived))
CAF_ADD_TYPE_ID(hobnob, (hobnob::messages_refused))
CAF_ADD_TYPE_ID(hobnob, (hobnob::deadline_passed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::directory_news))
CAF_ADD_TYPE_ID(hobnob, (hobnob::lookup_user))
CAF_ADD_TYPE_ID(hobnob, (hobnob::user_looked_up))
CAF_ADD_TYPE_ID(hobnob, (hobnob::request_circuit))
CAF_ADD_TYPE_ID(hobnob, (hobnob::circuit_refused))
CAF_ADD_TYPE_ID(hobnob, (hobnob::unknown_sender))
CAF_ADD_TYPE_ID(hobnob, (hobnob::session_vanished))
CAF_ADD_TYPE_ID(hobnob, (hobnob::contact_changed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::admit_link))
CAF_ADD_TYPE_ID(hobnob, (hobnob::probe_link))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_introduced))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_opened))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_suspected))
CAF_ADD_TYPE_ID(hobnob, (hobnob::link_ended))
CAF_ADD_TYPE_ID(hobnob, (hobnob::start_peer))
CAF_ADD_TYPE_ID(hobnob, (hobnob::addresses_changed))
CAF_ADD_TYPE_ID(hobnob, (hobnob::count_messages))
CAF_ADD_TYPE_ID(hobnob, (hobnob::settle_messages))
CAF_ADD_TYPE_ID(hobnob, (hobnob::message_count))
CAF_END_TYPE_ID_BLOCK(hobnob)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::connection_frames)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::connection_drained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::connection_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::connection_accepted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::dial_finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::silence_suspected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::silence_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::login_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::login_verdict)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::session_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::session_suspected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::session_record_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::directory_notice)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::end_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::directory_lookup)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::directory_lookup_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::find_route)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::forward_envelopes)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::envelopes_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::circuit_offered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::admit_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::remove_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::kick_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::list_users)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::account_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::account_change_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::session_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::presence_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::user_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::text_received)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::application_message_received)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::message_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::peer_stopped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::send_text)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::send_application_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::get_users)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::get_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::peer_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::ping_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::want_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::ping_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::verify_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::verify_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::stop_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::heartbeat_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::register_session)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::route_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::add_subscriber)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::carry_messages)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::carry_receipts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::route_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_frames)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_drained)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::serve_hub)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::keep_message)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::message_dropped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::tell_subscriber)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::carrier_blocked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::frames_arrived)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::messages_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::deadline_passed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::directory_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::lookup_user)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::user_looked_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::request_circuit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::circuit_refused)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::unknown_sender)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::session_vanished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::contact_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::admit_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::probe_link)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_introduced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_suspected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::link_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::start_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::addresses_changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::count_messages)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::settle_messages)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(hobnob::message_count)

"""Addresses of this module's pages."""

from django.urls import path

from gongmai.core.access.views import factor, keys, people, sessions, sign_in

app_name = "access"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.code, name="sign-in-code"),
    path("second-factor/", factor.second_factor, name="second-factor"),
    path("second-factor/confirm/", factor.confirm, name="confirm-factor"),
    path("second-factor/codes/", factor.renew, name="renew-codes"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/others/end/", sessions.end_others, name="end-other-sessions"),
    path("sessions/<int:number>/end/", sessions.end, name="end-session"),
    path("devices/<int:number>/disown/", sessions.disown, name="disown-device"),
    path("people/<int:number>/sessions/end/", factor.end_sessions, name="end-sessions"),
    path("people/<int:number>/factor/reset/", factor.ask_reset, name="ask-factor-reset"),
    path("factor-resets/", factor.resets, name="factor-resets"),
    path("factor-resets/<int:number>/decide/", factor.decide, name="decide-factor-reset"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.password, name="password"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<int:number>/revoke/", keys.revoke, name="revoke-key"),
    path("people/", people.people, name="people"),
    path("people/new/", people.create, name="create-person"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/active/", people.set_active, name="set-active"),
    path("people/<int:number>/reset/", people.reset, name="reset-password"),
    path("sign-ins/", people.sign_ins, name="sign-ins"),
]

"""Addresses of the screens about a file's life."""

from django.urls import URLPattern, path

from cms.console import life, life_handovers, life_lists, life_proposals


def life_addresses() -> list[URLPattern]:
    """Every screen about a file's life."""
    return [
        path("waiting/", life.Waiting.as_view(), name="console_waiting"),
        path("files/<int:pk>/events/add/", life.EventAdd.as_view(), name="console_event_add"),
        path("events/<int:pk>/confirm/", life.EventConfirm.as_view(), name="console_event_confirm"),
        path("events/<int:pk>/refuse/", life.EventRefuse.as_view(), name="console_event_refuse"),
        path("events/<int:pk>/correct/", life.EventCorrect.as_view(), name="console_event_correct"),
        path("events/<int:pk>/withdraw/", life.EventWithdraw.as_view(), name="console_event_withdraw"),
        path("files/<int:pk>/verify/", life.Verify.as_view(), name="console_file_verify"),
        path("files/<int:pk>/offer/", life_handovers.Offer.as_view(), name="console_offer"),
        path("handovers/<int:pk>/", life_handovers.HandoverScreen.as_view(), name="console_handover"),
        path("handovers/<int:pk>/accept/", life_handovers.HandoverAccept.as_view(), name="console_handover_accept"),
        path("handovers/<int:pk>/return/", life_handovers.HandoverReturn.as_view(), name="console_handover_return"),
        path(
            "handovers/<int:pk>/withdraw/", life_handovers.HandoverWithdraw.as_view(), name="console_handover_withdraw"
        ),
        path("files/<int:pk>/posts/add/", life_lists.PostAdd.as_view(), name="console_post_add"),
        path("posts/<int:pk>/change/", life_lists.PostChange.as_view(), name="console_post_change"),
        path("posts/<int:pk>/remove/", life_lists.PostRemove.as_view(), name="console_post_remove"),
        path("files/<int:pk>/lists/<str:list>/add/", life_lists.LineAdd.as_view(), name="console_line_add"),
        path("lists/<str:list>/<int:pk>/change/", life_lists.LineChange.as_view(), name="console_line_change"),
        path("lists/<str:list>/<int:pk>/remove/", life_lists.LineRemove.as_view(), name="console_line_remove"),
        path("files/<int:pk>/propose/", life_proposals.ProposeChoose.as_view(), name="console_propose"),
        path("files/<int:pk>/propose/<str:fact>/", life_proposals.Propose.as_view(), name="console_propose_fact"),
        path("proposals/<int:pk>/", life_proposals.ProposalScreen.as_view(), name="console_proposal"),
        path("proposals/<int:pk>/confirm/", life_proposals.ProposalConfirm.as_view(), name="console_proposal_confirm"),
        path("proposals/<int:pk>/refuse/", life_proposals.ProposalRefuse.as_view(), name="console_proposal_refuse"),
        path(
            "proposals/<int:pk>/withdraw/", life_proposals.ProposalWithdraw.as_view(), name="console_proposal_withdraw"
        ),
    ]

using Granary.Contracts.Sessions;
using Granary.Simulation.Catalogues;

namespace Granary.Trading.Live;

/// <summary>The state of a session as callers see it: its sentences have the paths of a confined server as they are kept.</summary>
internal static class ShownSession
{
    public static SessionView Of(SessionView view, GranaryCatalogues catalogues) => view with
    {
        Fault = Of(view.Fault, catalogues),
        Retry = view.Retry is { } retry ? retry with { Reason = catalogues.Shown(retry.Reason) } : null,
        Status = view.Status is not { } status ? null : status with
        {
            JournalFault = Of(status.JournalFault, catalogues),
            VenueFault = Of(status.VenueFault, catalogues),
            FeedFault = Of(status.FeedFault, catalogues),
            CommandFault = Of(status.CommandFault, catalogues),
            Notes = [.. status.Notes.Select(catalogues.Shown)],
            Account = status.Account with { Journal = catalogues.Shown(status.Account.Journal) },
        },
    };

    public static SessionStrategy? Of(SessionStrategy? strategy, GranaryCatalogues catalogues) =>
        strategy is null ? null : strategy with { Error = Of(strategy.Error, catalogues) };

    private static string? Of(string? sentence, GranaryCatalogues catalogues) => sentence is null ? null : catalogues.Shown(sentence);
}

using Granary.Api.Problems;
using Granary.Contracts.Sessions;
using Granary.Simulation.RunFolders;
using Granary.Trading.Live;

namespace Granary.Api.Sessions;

/// <summary>The sessions of the server, as callers see them: faults do not reveal the paths of its folders.</summary>
internal sealed class RedactedSessions(ISessionService sessions, ServerPaths paths) : ISessionService
{
    /// <inheritdoc/>
    public async ValueTask<SessionView> StartAsync(SessionStart start, CancellationToken cancellationToken = default) =>
        Shown(await sessions.StartAsync(start, cancellationToken).ConfigureAwait(false))!;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellationToken = default) =>
        [.. (await sessions.ListAsync(cancellationToken).ConfigureAwait(false)).Select(v => Shown(v)!)];

    /// <inheritdoc/>
    public async ValueTask<SessionView?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        Shown(await sessions.FindAsync(id, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public ValueTask<SessionStart?> StartOfAsync(string id, CancellationToken cancellationToken = default) =>
        sessions.StartOfAsync(id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<string>?> StrategiesAsync(string id, CancellationToken cancellationToken = default) =>
        sessions.StrategiesAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<SessionStrategy?> StrategyAsync(string id, string strategy, CancellationToken cancellationToken = default) =>
        Shown(await sessions.StrategyAsync(id, strategy, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask<SessionStrategy?> StopStrategyAsync(string id, string strategy, string who, string why,
        CancellationToken cancellationToken = default) =>
        Shown(await sessions.StopStrategyAsync(id, strategy, who, why, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async ValueTask<SessionView?> CommandAsync(string id, IssuedCommand command, CancellationToken cancellationToken = default) =>
        Shown(await sessions.CommandAsync(id, command, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public ValueTask<RunFile?> OpenFileAsync(string id, string name, CancellationToken cancellationToken = default) =>
        sessions.OpenFileAsync(id, name, cancellationToken);

    private SessionView? Shown(SessionView? view) => view is null ? null : view with
    {
        Fault = Shown(view.Fault),
        Retry = view.Retry is { } retry ? retry with { Reason = paths.Shown(retry.Reason) } : null,
        Status = Shown(view.Status),
    };

    private LiveStatus? Shown(LiveStatus? status) => status is null ? null : status with
    {
        JournalFault = Shown(status.JournalFault),
        VenueFault = Shown(status.VenueFault),
        FeedFault = Shown(status.FeedFault),
        CommandFault = Shown(status.CommandFault),
        Notes = [.. status.Notes.Select(paths.Shown)],
    };

    private SessionStrategy? Shown(SessionStrategy? strategy) => strategy is null ? null : strategy with { Error = Shown(strategy.Error) };

    private string? Shown(string? sentence) => sentence is null ? null : paths.Shown(sentence);
}

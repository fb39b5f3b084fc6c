using System.Text.Json;
using Granary.Contracts.Sessions;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Trading.Live;

namespace Granary.Cli.Commands;

/// <summary>
/// <c>granary live PROD.json --host http://…</c>: runs the session on silos, prints its status here and copies its run's folder back.
/// Also sends commands to it.
/// </summary>
internal sealed class RemoteLive(CompositionRoot root, string hosts)
{
    public static byte[] Read(string production, GranaryCatalogues catalogues)
    {
        // Faults of the files are reported here, with their line, before anything is sent.
        new ProductionReader(catalogues).Read(production, bindStrategies: false);
        return File.ReadAllBytes(production);
    }

    public async Task<int> RunAsync(SessionStart start, string? output, bool quiet, bool json,
        CancellationToken cancellationToken)
    {
        using var client = root.Server(hosts);
        var view = await client.StartSessionAsync(start, cancellationToken);
        try
        {
            await LiveView.WatchAsync(quiet || json, async status =>
            {
                while (view.IsRunning)
                {
                    if (view.Status is { } now) status?.Report(now);
                    await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
                    view = await client.SessionAsync(view.Id, cancellationToken);
                }
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The session runs in the cluster and continues when this process ends.
            if (!quiet) Console.WriteLine($"The session of {view.Id} continues "
                + $"at {hosts}; 'granary session {view.Id} stop --host {hosts}' stops it");
            return 0;
        }
        catch (ServiceUnavailableException e)
        {
            throw new ServiceUnavailableException($"{e.Message.TrimEnd('.')}; the session of {view.Id} was started and trades on: "
                + $"'granary session {view.Id} status --host {hosts}' shows it when a server answers again", e);
        }
        if (view.Phase == SessionPhase.Failed) throw new ServiceUnavailableException($"the session of {view.Id} failed: {view.Fault}");
        if (view.Digest is null)
        {
            if (!quiet && !json) Console.WriteLine($"The session of {view.Id} has ended: {view.Fault}.");
            else if (json) Console.WriteLine(JsonSerializer.Serialize(view, SessionControl.Json));
            return 0;
        }
        var folder = output ?? Path.Combine("runs", view.Run);
        await client.DownloadSessionAsync(view.Id, folder, cancellationToken);
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                Run = folder,
                view.Digest,
                view.Id,
                view.Restarts,
                view.Status?.Bars,
                Orders = view.Status?.OrdersSent,
                view.Status?.Fills,
                view.Status?.AccountEquity,
                view.Status?.ModelEquity
            }, Output.Json));
        else if (!quiet)
            Console.WriteLine($"Digest {view.Digest}\nFolder {folder}");
        return 0;
    }

    /// <summary>Prints the status of a session: a table, or JSON.</summary>
    public async Task<int> StatusAsync(string id, bool json, CancellationToken cancellationToken)
    {
        using var client = root.Server(hosts);
        var view = await client.SessionAsync(id, cancellationToken);
        if (json || view.Status is null) Console.WriteLine(JsonSerializer.Serialize(view, SessionControl.Json));
        else LiveView.Write(view.Status);
        if (!json && view.Retry is { } retry)
            Console.WriteLine(FormattableString.Invariant($"Interrupted: attempt {retry.Attempts} failed ({retry.Reason.TrimEnd('.')}); ")
                + FormattableString.Invariant($"the next is at {retry.NextAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}. ")
                + $"'granary session {id} stop --host {hosts}' ends it.");
        return 0;
    }

    /// <summary>Prints one strategy of a session: a table, or JSON.</summary>
    public async Task<int> StrategyAsync(string id, string strategy, bool json, CancellationToken cancellationToken)
    {
        using var client = root.Server(hosts);
        var shown = await client.SessionStrategyAsync(id, strategy, cancellationToken);
        if (json) Console.WriteLine(JsonSerializer.Serialize(shown, SessionControl.Json));
        else LiveView.Write(shown);
        return 0;
    }

    public async Task<int> CommandAsync(string id, IssuedCommand command, CancellationToken cancellationToken)
    {
        using var client = root.Server(hosts);
        var before = await client.SessionAsync(id, cancellationToken);
        var after = await client.CommandAsync(id, HandKeys.Write(command), cancellationToken);
        return await SessionAnswer.RemoteAsync(command, before, after, () => client.SessionAsync(id, cancellationToken),
            TimeProvider.System, cancellationToken);
    }
}

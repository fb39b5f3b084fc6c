using System.Diagnostics.CodeAnalysis;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Trading.Live;

/// <summary>A request to start a session on a server: its options and its configuration.</summary>
internal sealed record SessionStart : SessionOptions
{
    public SessionStart()
    {
    }

    /// <param name="options">The session's options; the other properties must be set too.</param>
    [SetsRequiredMembers]
    public SessionStart(SessionOptions options, byte[] text, string file, string folder) : base(options) =>
        (Text, File, Folder) = (text, file, folder);

    /// <summary>The exact bytes of the production configuration; their hash identifies it.</summary>
    public required byte[] Text { get; init; }

    /// <summary>The configuration's path, for messages.</summary>
    public required string File { get; init; }

    /// <summary>Base of relative paths in the configuration.</summary>
    public required string Folder { get; init; }

    public string StartedBy { get; init; } = "";

    /// <summary>The ids of the strategies of the configuration.</summary>
    /// <exception cref="InputException">The configuration cannot be read.</exception>
    public IReadOnlySet<string> StrategiesOf(GranaryCatalogues catalogues) =>
        new ProductionReader(catalogues).Read(File, Text, Folder).Spec.Strategies.Select(s => s.Id!).ToHashSet(StringComparer.Ordinal);

    /// <summary>Creates the request that runs the session. Its addresses are read again, with the confinement of the server.</summary>
    /// <exception cref="Engine.Market.BarDataException">An address leads out of a confined server's folders.</exception>
    public LiveRequest ToRequest(GranaryCatalogues catalogues) => new(this with
    {
        Feed = catalogues.AddressOf(Feed.Kept),
        WarmUp = WarmUp is { } warmUp ? catalogues.AddressOf(warmUp.Kept) : null,
        Deployments = Deployments is { } store ? catalogues.AddressOf(store.Kept) : null,
    }, File);
}

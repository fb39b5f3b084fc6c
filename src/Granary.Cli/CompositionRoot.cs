using System.CommandLine;
using Granary.Cluster.Client;
using Granary.Engine;
using Granary.Exchanges.Kucoin;
using Granary.Kafka.Bars;
using Granary.Parquet.Reading;
using Granary.Postgres.Bars;
using Granary.QuestDb;
using Granary.Scripting;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Plugins;

namespace Granary.Cli;

/// <summary>Builds the services that the commands of one call share.</summary>
internal sealed class CompositionRoot
{
    private GranaryCatalogues? _catalogues;

    /// <summary>The folder of the operator's own strategies, factors, formats and the like.</summary>
    public Option<string?> Plugins { get; } =
        new("--plugins") { Description = "a folder of plug-in assemblies (GRANARY_PLUGINS)", Recursive = true };

    /// <summary>Catalogues of this process, built at the first call: commands that need none start faster.</summary>
    /// <exception cref="InputException">A plug-in is not usable.</exception>
    public GranaryCatalogues Catalogues(ParseResult call) => _catalogues ??= GranaryCataloguesBuilder.CreateDefault()
        .AddAssembly(typeof(KafkaBarSource).Assembly)
        .AddAssembly(typeof(KucoinBrokerFactory).Assembly)
        .AddAssembly(typeof(ParquetSourceFactory).Assembly)
        .AddAssembly(typeof(PostgresSourceFactory).Assembly)
        .AddAssembly(typeof(QuestDbSourceFactory).Assembly)
        .WithCompiler(new RoslynCompiler())
        .AddPlugins(FolderOf(call))
        .Build();

    /// <summary>Builds the catalogues if there are plug-ins, so every command reports a faulty plug-in.</summary>
    /// <exception cref="InputException">A plug-in is not usable.</exception>
    public void CheckPlugins(ParseResult call)
    {
        if (FolderOf(call) is not null) _ = Catalogues(call);
    }

    /// <summary>How long a command with <c>--host</c> retries while no server answers.</summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The server that <c>--host</c> names.</summary>
    /// <exception cref="InputException">It names none.</exception>
    public GranaryClient Server(string hosts) =>
        new(hosts, Environment.GetEnvironmentVariable(GranaryClient.KeyVariable), ServerTimeout);

    private string? FolderOf(ParseResult call) =>
        (call.GetValue(Plugins) ?? Environment.GetEnvironmentVariable(PluginFolder.Variable)) is { Length: > 0 } folder ? folder : null;
}

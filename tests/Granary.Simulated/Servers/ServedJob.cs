using System.Text;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.Catalogues;

namespace Granary.Simulated.Servers;

/// <summary>What a simulated job does.</summary>
/// <param name="Name">The name, which only this job has.</param>
/// <param name="Client">Who submits it.</param>
/// <param name="Steps">Parts that it finishes one after another.</param>
/// <param name="DataSet">The bars of its trials.</param>
/// <param name="Combinations">Its trials.</param>
/// <param name="Fails">Whether it ends with a fault.</param>
internal sealed record JobWish(string Name, string Client, int Steps, string DataSet, int[] Combinations, bool Fails)
{
    public JobText ToText() => new("simulated", JsonSerializer.SerializeToUtf8Bytes(this), Name + ".json", "/");

    /// <summary>The digest of its results.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Digest => $"digest of {Name}";
}

/// <summary>A simulated job, which its runner runs.</summary>
internal sealed class ServedJob(JobText text, JobWish wish) : Job(text, wish.Name)
{
    public JobWish Wish => wish;

    public override Task<JobOutcome> RunAsync(JobContext run, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>The kind of the simulated jobs.</summary>
internal sealed class ServedKind : JobKind
{
    /// <summary>The kinds of a simulated server.</summary>
    public static JobCatalogue Kinds { get; } = new(GranaryCataloguesBuilder.CreateDefault().Build(), [new ServedKind()]);

    public override string Name => "simulated";

    public override string Summary => "Waits and writes files.";

    public override Job Read(JobText text, GranaryCatalogues catalogues) =>
        new ServedJob(text, JsonSerializer.Deserialize<JobWish>(Encoding.UTF8.GetString(text.Body))!);
}

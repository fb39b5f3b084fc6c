using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.RunFolders;

namespace Granary.Server.JobKinds;

/// <summary>The request of a job that runs a batch.</summary>
internal record BatchRequest
{
    public const string Help = "the batch, as in a batch file";

    [Key(Help, Offers = "batch")]
    public required JsonPart Batch { get; init; }
}

/// <summary>A kind whose request is a record: its options are the keys, their types, ranges and words.</summary>
/// <typeparam name="T">See <see cref="RecordKey"/>.</typeparam>
internal abstract class RequestKind<T> : JobKind where T : class
{
    public override IReadOnlyList<RecordKey> Keys => RecordKeys<T>.All;

    public sealed override Job Read(JobText text, GranaryCatalogues catalogues)
    {
        var faults = new JsonFaults();
        var body = JsonPart.Parse(text.File, text.Body, faults, catalogues.PlaceOf(text.Folder));
        var request = RecordKeys<T>.Read(body, "kind");
        // An object that could not be read has a fault already.
        var job = faults.Try(() => Read(request, body, text, catalogues), null);
        faults.Close();
        return job!;
    }

    /// <param name="request">While a key has a fault, it has a substitute.</param>
    /// <param name="body">Its parts have the places of faults.</param>
    /// <exception cref="InputException">The request is invalid.</exception>
    protected abstract Job Read(T request, JsonPart body, JobText text, GranaryCatalogues catalogues);
}

/// <summary>Reads the values that several kinds of requests have.</summary>
internal static class JobRequest
{
    /// <summary>Returns the id of a finished run.</summary>
    /// <param name="runs">The folder of the runs.</param>
    /// <exception cref="InputException">The id is invalid, or the run does not exist.</exception>
    public static string Run(JsonPart part, string runs)
    {
        var id = part.String();
        if (!JobId.IsWellFormed(id)) throw part.Fault($"'{id}' is not an id of a run; GET /runs lists them");
        return File.Exists(Path.Combine(runs, id, "manifest.json")) ? id
            : throw part.Fault($"there is no finished run '{id}' here; GET /runs lists them");
    }

    /// <summary>Reads a batch.</summary>
    /// <exception cref="InputException">The batch is missing or invalid.</exception>
    /// <param name="batch">The section of the request.</param>
    public static BatchSpec Batch(JsonPart batch, JobText text, GranaryCatalogues catalogues)
    {
        if (batch.Kind == JsonValueKind.Undefined) throw batch.Fault("'batch' is missing");
        var spec = new BatchReader(catalogues).Read(text.File, batch.Alone(text.Body), text.Folder);
        BatchWork.Check(spec);
        return spec;
    }
}

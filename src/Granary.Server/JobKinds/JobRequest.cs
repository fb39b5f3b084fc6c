using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Server.JobKinds;

/// <summary>Parses the body of <c>POST /jobs</c>.</summary>
internal static class JobRequest
{
    /// <summary>Parses the body as an object with only these keys and <c>kind</c>.</summary>
    /// <exception cref="InputException">The body is not such an object.</exception>
    public static JsonPart Only(JobText text, GranaryCatalogues catalogues, params string[] keys) =>
        Parse(text, catalogues).Only(["kind", .. keys]);

    /// <summary>Parses the body; its addresses are relative to the job's folder.</summary>
    /// <exception cref="InputException">The body is not JSON.</exception>
    public static JsonPart Parse(JobText text, GranaryCatalogues catalogues) =>
        JsonPart.Parse(text.File, text.Body, place: catalogues.PlaceOf(text.Folder));

    /// <summary>Returns the id of a finished run.</summary>
    /// <param name="runs">The folder of the runs.</param>
    /// <exception cref="InputException">The id is missing or invalid, or the run does not exist.</exception>
    public static string Run(JsonPart body, string key, string runs)
    {
        var id = body.Need(key).String();
        if (!JobId.IsWellFormed(id)) throw body.Need(key).Fault($"'{id}' is not an id of a run; GET /runs lists them");
        return File.Exists(Path.Combine(runs, id, "manifest.json")) ? id
            : throw body.Need(key).Fault($"there is no finished run '{id}' here; GET /runs lists them");
    }

    /// <summary>Returns the batch under <c>batch</c>.</summary>
    /// <exception cref="InputException">The batch is missing or invalid.</exception>
    public static BatchSpec Batch(JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var spec = new BatchReader(catalogues).Read(text.File, body.Need("batch").Alone(text.Body), text.Folder);
        BatchWork.Check(spec);
        return spec;
    }
}

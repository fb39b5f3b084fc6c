using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Server.JobKinds;

/// <summary>Reads the body of <c>POST /jobs</c>.</summary>
internal static class JobRequest
{
    /// <summary>The body as an object with these keys besides <c>kind</c>.</summary>
    /// <exception cref="InputException">It is no such object.</exception>
    public static JsonPart Only(JobText text, GranaryCatalogues catalogues, params string[] keys) =>
        Parse(text, catalogues).Only(["kind", .. keys]);

    /// <summary>The body, whose addresses start from the job's folder.</summary>
    /// <exception cref="InputException">It is not JSON.</exception>
    public static JsonPart Parse(JobText text, GranaryCatalogues catalogues) =>
        JsonPart.Parse(text.File, text.Body, place: catalogues.PlaceOf(text.Folder));

    /// <summary>The id of a finished run.</summary>
    /// <param name="runs">Folder of the runs.</param>
    /// <exception cref="InputException">It is missing or no id, or there is no such run.</exception>
    public static string Run(JsonPart body, string key, string runs)
    {
        var id = body.Need(key).String();
        if (!JobId.IsWellFormed(id)) throw body.Need(key).Fault($"'{id}' is no id of a run; GET /runs lists them");
        return File.Exists(Path.Combine(runs, id, "manifest.json")) ? id
            : throw body.Need(key).Fault($"there is no finished run '{id}' here; GET /runs lists them");
    }

    /// <summary>The batch under <c>batch</c>.</summary>
    /// <exception cref="InputException">It is missing, or wrong.</exception>
    public static BatchSpec Batch(JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var spec = new BatchReader(catalogues).Read(text.File, body.Need("batch").Alone(text.Body), text.Folder);
        BatchWork.Check(spec);
        return spec;
    }
}

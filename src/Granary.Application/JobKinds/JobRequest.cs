using Granary.Application.Batches;
using Granary.Application.Catalogues;
using Granary.Application.Jobs;
using Granary.Application.Json;

namespace Granary.Application.JobKinds;

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

    /// <summary>The batch under <c>batch</c>.</summary>
    /// <exception cref="InputException">It is missing, or wrong.</exception>
    public static BatchSpec Batch(JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var spec = new BatchReader(catalogues).Read(text.File, body.Need("batch").Alone(text.Body), text.Folder);
        BatchPlan.CheckSize(spec, spec.Data.Symbols.Count);
        return spec;
    }
}

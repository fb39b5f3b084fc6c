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
    public static JsonPart Only(JobText text, params string[] keys) => JsonPart.Parse(text.File, text.Body).Only(["kind", .. keys]);

    /// <summary>The batch under <c>batch</c>.</summary>
    /// <exception cref="InputException">It is missing, or wrong.</exception>
    public static BatchSpec Batch(JsonPart body, JobText text, GranaryCatalogues catalogues)
    {
        var spec = new BatchReader(catalogues).Read(text.File, body.Need("batch").Alone(text.Body), text.Folder);
        BatchWork.Check(spec);
        return spec;
    }
}

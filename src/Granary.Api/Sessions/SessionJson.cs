using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts.Jobs;
using Granary.Contracts.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Granary.Api.Sessions;

/// <summary>JSON options of sessions: the API's, but with null fields, since programs expect every key.</summary>
internal static class SessionJson
{
    public static JsonSerializerOptions Options { get; } = new(JobJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public static JsonHttpResult<SessionView> Of(SessionView view, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(view, Options, statusCode: status);

    public static JsonHttpResult<IReadOnlyList<SessionView>> Of(IReadOnlyList<SessionView> views) => TypedResults.Json(views, Options);
}

using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Granary.Api.Lists;

/// <summary>The page of a list that a caller requests.</summary>
internal sealed record Paging
{
    /// <summary>Maximum number of items of a page, and the number if the caller gives none.</summary>
    public const int Most = 1000, Usual = 100;

    public required HttpContext Http { get; init; }

    [FromQuery(Name = "cursor"), Description("The cursor from the previous page; null for the first page.")]
    public string? Cursor { get; init; }

    /// <summary>Returns the answer with a page; the header Link (RFC 8288) names the next one.</summary>
    /// <param name="next">The cursor of the next page; null if this is the last page.</param>
    public IResult Answer<T>(T page, string? next)
    {
        if (next is not null)
        {
            var query = Http.Request.Query.Where(q => q.Key != "cursor")
                .Select(q => KeyValuePair.Create(q.Key, (string?)q.Value.ToString())).Append(new("cursor", next));
            Http.Response.Headers.Link = $"<{QueryHelpers.AddQueryString(Http.Request.Path, query)}>; rel=\"next\"";
        }
        return TypedResults.Ok(page);
    }
}

using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Granary.Api.Jobs;

/// <summary>Names the next page of a list in the header Link (RFC 8288).</summary>
internal static class PageLink
{
    public static void Add(HttpContext context, string cursor)
    {
        var query = context.Request.Query.Where(q => q.Key != "cursor")
            .Select(q => KeyValuePair.Create(q.Key, (string?)q.Value.ToString())).Append(new("cursor", cursor));
        context.Response.Headers.Link = $"<{QueryHelpers.AddQueryString(context.Request.Path, query)}>; rel=\"next\"";
    }
}

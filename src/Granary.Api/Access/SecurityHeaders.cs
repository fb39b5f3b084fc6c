using Microsoft.AspNetCore.Http;

namespace Granary.Api.Access;

/// <summary>Response headers that restrict what browsers may do with an answer.</summary>
internal static class SecurityHeaders
{
    /// <summary>Adds them. Pages of runs bring their own policy for their script; they may not be framed by other sites.</summary>
    public static void Add(HttpResponse response)
    {
        var headers = response.Headers;
        var isPage = response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = isPage ? "SAMEORIGIN" : "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Only pages of the server itself may read its answers.
        if (response.HttpContext.Request.Host is { HasValue: true } host)
            headers.AccessControlAllowOrigin = $"{response.HttpContext.Request.Scheme}://{host.Value}";
        if (response.HttpContext.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
        if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
        if (headers.ContentSecurityPolicy.Count > 0) return; // the dashboard's page has its own
        headers.ContentSecurityPolicy = isPage ? "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; connect-src 'none'"
            : "default-src 'none'; frame-ancestors 'none'";
    }
}

using System.Text;
using Granary.Server.Access;
using Microsoft.AspNetCore.Authorization;
using Orleans.Dashboard;

namespace Granary.Silo.OrleansDashboard;

/// <summary>
/// Serves the dashboard of Orleans at <c>/orleans</c>. Its page and the files that it loads contain no data and need no key, like Granary's
/// own dashboard; what they request needs the role admin.
/// </summary>
internal static class OrleansPages
{
    public const string Prefix = "/orleans";

    private const string Key = Prefix + "/key.js", Assets = "Orleans.Dashboard.wwwroot.";

    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // The page sends its requests without a key. This script adds that of the tab, which Granary's dashboard keeps, to requests of this
    // origin; where the server refuses it, the page says what to do.
    private const string KeyScript = """
        'use strict';
        const { open, send } = XMLHttpRequest.prototype;
        const refusals = {
            401: 'The dashboard of Orleans needs the role admin: sign in or give an API key on the <a href="/">dashboard of Granary</a>, '
                + 'and open this page again in the same tab.',
            403: 'You do not have the role admin, which the dashboard of Orleans needs.',
        };
        XMLHttpRequest.prototype.open = function (method, url, ...rest) {
            this.isOwn = new URL(url, location.href).origin === location.origin;
            return open.call(this, method, url, ...rest);
        };
        XMLHttpRequest.prototype.send = function (body) {
            const key = sessionStorage.getItem('granary.key');
            if (key && this.isOwn) this.setRequestHeader('Authorization', `Bearer ${key}`);
            this.addEventListener('load', () => {
                if (this.isOwn && refusals[this.status]) document.body.innerHTML = `<p style="margin:2rem">${refusals[this.status]}</p>`;
            });
            return send.call(this, body);
        };
        """;

    // The stream of logs holds a request open, so that a silo that stops would wait for it.
    public static void Add(ISiloBuilder silo) => silo.AddDashboard(static o => o.HideTrace = true);

    public static void Map(WebApplication app)
    {
        var group = app.MapOrleansDashboard(Prefix);
        group.RequireAuthorization(nameof(Role.Admin)).ExcludeFromDescription();
        ((IEndpointConventionBuilder)group).Add(static endpoint =>
        {
            if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } route } && IsAsset(route))
                endpoint.Metadata.Add(new AllowAnonymousAttribute());
        });
        var page = PageWithKey();
        group.AddEndpointFilter(async (call, next) =>
        {
            call.HttpContext.Response.Headers.ContentSecurityPolicy = Policy;
            return call.HttpContext.Request.Path.Value?[Prefix.Length..] is "/" or "/index.html"
                ? Results.Bytes(page, "text/html; charset=utf-8") : await next(call).ConfigureAwait(false);
        });
        app.MapGet(Key, static () => Results.Text(KeyScript, "text/javascript")).AllowAnonymous().ExcludeFromDescription();
    }

    private static bool IsAsset(string route) => route.TrimEnd('/') == Prefix || route.EndsWith("/index.html", StringComparison.Ordinal)
        || route.EndsWith("/favicon.ico", StringComparison.Ordinal) || route.EndsWith("/index.min.js", StringComparison.Ordinal)
        || route.EndsWith("/index.css", StringComparison.Ordinal) || route.Contains("/fonts/", StringComparison.Ordinal)
        || route.Contains("/img/", StringComparison.Ordinal);

    // The script must run before those of the page.
    private static byte[] PageWithKey()
    {
        using var stream = typeof(DashboardOptions).Assembly.GetManifestResourceStream(Assets + "index.html")
            ?? throw new InvalidOperationException("the package Microsoft.Orleans.Dashboard has no index.html");
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        var head = text.IndexOf("<head>", StringComparison.Ordinal) + "<head>".Length;
        return Encoding.UTF8.GetBytes(text.Insert(head, $"<script src=\"{Key}\"></script>"));
    }
}

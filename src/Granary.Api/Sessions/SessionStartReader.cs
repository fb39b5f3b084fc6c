using System.Text;
using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Application.Options;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Sessions;

/// <summary>Reads the request that starts a session.</summary>
internal static class SessionStartReader
{
    /// <param name="query">
    /// Where it has the options, <paramref name="body"/> is prod.json. Otherwise the body is a <see cref="SessionBody"/>.
    /// </param>
    /// <exception cref="InputException">
    /// An option is unknown, missing or wrong, or leads out of the folder of a confined server.
    /// </exception>
    public static SessionStart Read(IQueryCollection query, byte[] body, ApiSettings settings)
    {
        var inQuery = query.ContainsKey(RecordOptions<SessionOptions>.All.Single(o => o.IsRequired).Key);
        var form = inQuery ? OfQuery(query) : RecordOptions<SessionBody>.Read(JsonPart.Parse("the body of the request", body));
        // A confined server has one folder; the client's folder is not used.
        var folder = Path.GetFullPath(settings.Confined ? settings.DataFolder : Path.Combine(settings.DataFolder, form.Folder));
        if (settings.Confinement is { } confinement)
        {
            foreach (var (option, address) in form.Addresses) confinement.Check(option, address, folder);
            confinement.Check(JsonPart.Parse(form.File, inQuery ? body : Encoding.UTF8.GetBytes(form.Configuration)), folder);
        }
        var placed = form.PlacedIn(folder);
        // The number alone means the server's own store.
        if (placed is { Deployment: not null, Deployments: null }) placed = placed with { Deployments = settings.DeploymentStore };
        return new SessionStart(placed, inQuery ? body : Encoding.UTF8.GetBytes(form.Configuration), form.File, folder);
    }

    private static SessionBody OfQuery(IQueryCollection query) => RecordOptions<SessionBody>.Create(o =>
        query[o.Key].LastOrDefault() is { Length: > 0 } text ? o.Read(o.Key, text) : null);
}

using System.Text;
using Granary.Api.Batches;
using Granary.Application.Json;
using Granary.Application.Live;
using Granary.Application.Options;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Sessions;

/// <summary>Reads the request that starts a session.</summary>
internal static class SessionStartReader
{
    /// <param name="query">
    /// In the older form it has the options, and <paramref name="body"/> is prod.json. Otherwise the body is a <see cref="SessionBody"/>.
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
        if (settings.Confined)
        {
            CheckInside("feed", form.Feed, folder, settings);
            if (form.WarmUp is not null) CheckInside("warmUp", form.WarmUp, folder, settings);
        }
        return new SessionStart(form.PlacedIn(folder), inQuery ? body : Encoding.UTF8.GetBytes(form.Configuration), form.File, folder);
    }

    private static SessionBody OfQuery(IQueryCollection query) => RecordOptions<SessionBody>.Create(o =>
        query[o.Key].LastOrDefault() is { Length: > 0 } text ? o.Read(o.Key, text) : null);

    private static void CheckInside(string option, string source, string folder, ApiSettings settings)
    {
        if (!BatchEndpoints.IsInside(settings.DataFolder, source, folder) || source.Contains("keep=", StringComparison.Ordinal))
            throw new InputException($"{option} '{source}' leads out of the server's data folder, to which this server confines sessions");
    }
}

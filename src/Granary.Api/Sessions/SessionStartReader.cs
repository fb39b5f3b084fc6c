using System.Text;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
using Granary.Trading.Live;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.Sessions;

/// <summary>Reads the request that starts a session.</summary>
/// <param name="catalogues">With the confinement of what callers name.</param>
internal sealed class SessionStartReader(ApiSettings settings, GranaryCatalogues catalogues)
{
    /// <param name="query">
    /// Where it has the options, <paramref name="body"/> is prod.json. Otherwise the body is a <see cref="SessionBody"/>.
    /// </param>
    /// <exception cref="InputException">
    /// An option is unknown, missing or wrong, or leads out of the folder of a confined server.
    /// </exception>
    public SessionStart Read(IQueryCollection query, byte[] body)
    {
        const string File = "the body of the request";
        var inQuery = query.ContainsKey(RecordKeys<SessionOptions>.All.Single(o => o.IsRequired).Name);
        var folder = inQuery ? query["folder"].LastOrDefault() : JsonPart.Parse(File, body).Find("folder")?.String();
        var place = settings.PlaceOf(folder);
        var form = inQuery ? OfQuery(query, place) : RecordKeys<SessionBody>.Read(JsonPart.Parse(File, body, place: place));
        var text = inQuery ? body : Encoding.UTF8.GetBytes(form.Configuration);
        // The reader checks the addresses of the configuration.
        new ProductionReader(catalogues).Read(form.File, text, place.Folder);
        CheckEndpoint(form, place);
        CheckNames(form, (key, fault) => inQuery ? new InputException($"{key}: {fault}")
            : JsonPart.Parse(File, body, place: place).Need(key).Fault(fault));
        // The number alone means the server's own store.
        return new SessionStart(form is { Deployment: not null, Deployments: null } ? form with { Deployments = settings.DeploymentStore }
            : form, text, form.File, place.KeptFolder);
    }

    // Without this check, a session finds a wrong name after its start.
    private void CheckNames(SessionBody form, Func<string, string, InputException> faultOf)
    {
        try
        {
            if (form.Account is { } account) WeightsValidation.CheckPortfolio(account);
        }
        catch (InputException e)
        {
            throw faultOf("account", e.Message);
        }
        if (catalogues.LiveFeeds.FaultOf(form.Bars) is { } fault) throw faultOf("feed", fault);
    }

    private static void CheckEndpoint(SessionBody form, Place place)
    {
        try
        {
            if (form.BrokerEndpoint is { } endpoint) place.Address(endpoint);
        }
        catch (BarDataException e)
        {
            throw new InputException($"endpoint: {e.Message}", e);
        }
    }

    private static SessionBody OfQuery(IQueryCollection query, Place place) => RecordKeys<SessionBody>.Create(o =>
        query[o.Name].LastOrDefault() is { Length: > 0 } text ? o.Read(o.Name, text, place) : null);
}

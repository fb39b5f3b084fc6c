using System.Text;
using Granary.Contracts.Deployments;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.RunFolders;
using Granary.Trading.Deployments;

namespace Granary.Api.Deployments;

/// <summary>Reads the configurations that callers add, with the runs that justify them.</summary>
/// <param name="runs">The runs of the server; null if it has none.</param>
internal sealed class DeploymentSource(ApiSettings settings, GranaryCatalogues catalogues, RunLibrary? runs = null)
{
    /// <summary>A configuration, its bytes, the folder of its relative paths, and the backtest that justifies it.</summary>
    /// <exception cref="InputException">
    /// The configuration is missing or wrong, names a file or source that a confined server does not open, or no run justifies it.
    /// </exception>
    public (Production Production, byte[] Text, string Folder, Justification Backtest) Read(NewDeployment added)
    {
        if (runs is null) throw new InputException("this server has no runs, which could justify a configuration");
        if (added.Run is null && added.Configuration is null)
            throw new InputException("send 'run', the id of a run, or 'configuration', the text of a prod.json");
        if (added.Run is { } id && runs.Find(id) is null) throw new InputException($"run: there is no run {id} here");
        var run = added.Run is null ? null : runs.PathOf(added.Run);
        var folder = added.Configuration is null && !settings.Confined ? DataFolder.Of(run!) : settings.PlaceOf().KeptFolder;
        var name = added.Configuration is null ? $"prod.json of the run {added.Run}" : "configuration";
        var text = added.Configuration is { } given ? Encoding.UTF8.GetBytes(given) : Bytes(run!, name);
        var production = new ProductionReader(catalogues).Read(name, text, folder);
        run ??= runs.FindByDigest(production.Digest) is { } found ? runs.PathOf(found.Id) : throw new InputException(
            $"configuration: no run here has its digest {production.Digest}; run its batch on this server first");
        return (production, text, folder, JustifyingRun.Read(run, production, name));
    }

    private static byte[] Bytes(string run, string name)
    {
        var path = Path.Combine(run, "prod.json");
        return File.Exists(path) ? File.ReadAllBytes(path)
            : throw new InputException($"there is no {name}: no strategy of the run has a weight, or its outputs leave it out");
    }
}

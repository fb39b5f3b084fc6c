using Granary.Engine;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>Reference to a registered weight policy, as in prod.json.</summary>
/// <param name="Model">Name in the registry.</param>
/// <param name="Registry">Folder or database of the versions.</param>
/// <param name="Hash">SHA-256 of the version's bytes, lower-case hex.</param>
internal sealed record PolicyReference(string Model, int Version, Address Registry, string Hash)
{
    /// <summary>Returns name:version.</summary>
    public override string ToString() => $"{Model}:{Version}";

    /// <exception cref="InputException">A value is missing or invalid.</exception>
    public static PolicyReference Read(JsonPart part)
    {
        return new PolicyReference(part.Need("model").String(), part.Need("version").Whole(1), part.Need("registry").Address(Address.Plain,
            Address.Postgres),
            part.Need("hash").String());
    }

    /// <summary>Loads the version.</summary>
    /// <exception cref="InputException">
    /// The version is missing or damaged, or it is not the one that the configuration was written with.
    /// </exception>
    public WeightPolicy Load(GranaryCatalogues catalogues)
    {
        var (bytes, version) = catalogues.OpenRegistry(Registry).LoadBytes(Model, Version);
        if (version.ModelHash != Hash)
            throw new InputException(
                $"the policy {this} of {Registry} is another one than the configuration was "
                + "written with: restore the registry, or run the batch again");
        return WeightPolicy.FromBytes(bytes, $"policy {this}");
    }
}

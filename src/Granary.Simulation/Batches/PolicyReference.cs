using Granary.Learning;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Reinforcement.Policies;
using Granary.Simulation.Json;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>A registered policy of weights, as prod.json has it.</summary>
/// <param name="Model">Its name in the registry.</param>
/// <param name="Registry">The folder or database of versions.</param>
/// <param name="Hash">SHA-256 of the version, lower-case hex.</param>
public sealed record PolicyReference(string Model, int Version, Address Registry, string Hash)
{
    /// <summary>As name:version.</summary>
    public override string ToString() => $"{Model}:{Version}";

    /// <exception cref="InputException">A value is missing or wrong.</exception>
    public static PolicyReference Read(JsonPart part)
    {
        return new PolicyReference(part.Need("model").String(), part.Need("version").Whole(1), part.Need("registry").Address(Address.Plain,
            Address.Postgres),
            part.Need("hash").String());
    }

    /// <summary>Loads the version.</summary>
    /// <exception cref="LearningInputException">No such version, damaged, or not the one that the configuration was written
    /// with.</exception>
    public WeightPolicy Load(ModelKindCatalogue kinds)
    {
        var (bytes, version) = new ModelRegistry(ModelStores.Open(Registry), kinds).LoadBytes(Model, Version);
        if (version.ModelHash != Hash)
            throw new LearningInputException(
                $"the policy {this} of {Registry} is another one than the configuration was "
                + "written with: restore the registry, or run the batch again");
        return WeightPolicy.FromBytes(bytes, $"policy {this}");
    }
}

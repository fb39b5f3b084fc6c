using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Models;

/// <summary>Addresses of model registries.</summary>
internal static class ModelStores
{
    /// <summary>
    /// Returns the registry as text for prod.json, model files and grain keys: a path (<see cref="Address.Kept"/>), or a database address
    /// without its password. A host that opens it needs PGPASSWORD.
    /// </summary>
    public static string Kept(Address registry) => registry.IsDatabase ? registry.ToString() : registry.Kept;

    /// <summary>Returns the default registry of a place.</summary>
    internal static Address Standard(Place place) => place.Address("models");

    /// <summary>Returns the folder of a registry or store.</summary>
    /// <exception cref="InputException">It is not a folder.</exception>
    public static string FolderOf(Address store) => store is { Scheme: Address.Plain, Path: { } folder } ? folder
        : throw new InputException($"'{store}' is neither a folder nor a database; write DIR, ./DIR where its name has a colon, or postgres://…");
}

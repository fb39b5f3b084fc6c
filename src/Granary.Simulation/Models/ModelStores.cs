using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;
using Granary.Storage.Migrations;
using Npgsql;

namespace Granary.Simulation.Models;

/// <summary>Opens what a batch calls its registry: a folder, or <c>postgres://user:password@host:port/database</c>.</summary>
public static class ModelStores
{
    /// <exception cref="InputException">It is neither, or a database that does not answer.</exception>
    public static IModelStore Open(Address registry)
    {
        if (!registry.IsDatabase) return new FileModelStore(FolderOf(registry));
        try
        {
            return new PostgresModelStore(Connection(registry));
        }
        catch (NpgsqlException e)
        {
            throw new InputException($"the model registry {registry} does not "
                + $"answer: {e.Message.TrimEnd('.')}; start the server, or name a folder", e);
        }
        catch (MigrationException e)
        {
            throw new InputException($"the model registry {registry}: {e.Message}", e);
        }
    }

    /// <summary>
    /// The text of a registry in prod.json, in files of models and in the keys of grains: a full path, or a database without its password.
    /// A host that opens it has PGPASSWORD.
    /// </summary>
    public static string Kept(Address registry) => registry.IsDatabase ? registry.ToString() : registry.Full;

    /// <summary>The registry that a section names; without one the folder <c>models</c>.</summary>
    internal static Address Read(JsonPart section) =>
        section.Find("registry")?.Address(Address.Plain, Address.Postgres) ?? Standard(section.Place);

    /// <summary>The registry of those that name none.</summary>
    internal static Address Standard(Place place) => place.Address("models");

    /// <summary>The folder of a registry or store that is no database.</summary>
    /// <exception cref="InputException">It is no folder.</exception>
    public static string FolderOf(Address store) => store is { Scheme: Address.Plain, Path: { } folder } ? folder
        : throw new InputException($"'{store}' is no folder and no database; write DIR, ./DIR where its name has a colon, or postgres://…");

    public static string Connection(Address registry)
    {
        try
        {
            var address = ServerAddress.Of(registry, [.. PostgresConnection.Options]);
            if (address.Path.Length == 0)
                throw new InputException($"{registry} names no database; write postgres://user:password@host:port/database");
            return PostgresConnection.Of(address).ConnectionString;
        }
        catch (BarDataException e)
        {
            throw new InputException(e.Message, e);
        }
    }
}

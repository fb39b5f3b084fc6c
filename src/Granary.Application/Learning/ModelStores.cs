using System.Collections.Concurrent;
using Granary.Application.Json;
using Granary.Learning.Registry;
using Granary.Storage.Migrations;
using Npgsql;

namespace Granary.Application.Learning;

/// <summary>Opens what a batch calls its registry: a folder, or <c>postgres://user:password@host:port/database</c>.</summary>
public static class ModelStores
{
    private const string Scheme = "postgres://";

    private static readonly ConcurrentDictionary<string, PostgresModelStore> Opened = new(StringComparer.Ordinal);

    /// <exception cref="InputException">A database that is not written as one, or does not answer.</exception>
    public static IModelStore Open(string registry)
    {
        if (!IsDatabase(registry)) return new FileModelStore(registry);
        try
        {
            return Opened.GetOrAdd(registry, r => new PostgresModelStore(Connection(r)));
        }
        catch (NpgsqlException e)
        {
            throw new InputException($"the model registry {Shown(registry)} does not answer: {e.Message.TrimEnd('.')}; start the server, or name a folder", e);
        }
        catch (MigrationException e)
        {
            throw new InputException($"the model registry {Shown(registry)}: {e.Message}", e);
        }
    }

    internal static bool IsDatabase(string registry) => registry.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Without a password: what may stand in a message or in prod.json; a host that loads it has PGPASSWORD.</summary>
    internal static string Shown(string registry)
    {
        var at = registry.LastIndexOf('@');
        var colon = IsDatabase(registry) && at > 0 ? registry.IndexOf(':', Scheme.Length, at - Scheme.Length) : -1;
        return colon < 0 ? registry : registry[..colon] + registry[at..];
    }

    internal static string Connection(string registry)
    {
        if (!Uri.TryCreate(registry, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.AbsolutePath.Trim('/').Length == 0)
            throw new InputException($"{Shown(registry)} names no database; write postgres://user:password@host:port/database");
        var user = uri.UserInfo.Split(':', 2);
        var text = new NpgsqlConnectionStringBuilder { Host = uri.Host, Port = uri.Port > 0 ? uri.Port : 5432, Database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')) };
        if (user[0].Length > 0) text.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) text.Password = Uri.UnescapeDataString(user[1]);
        return text.ConnectionString;
    }
}

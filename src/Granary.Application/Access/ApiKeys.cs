using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Application.Jobs;
using Granary.Application.Json;
using Granary.Storage.Files;

namespace Granary.Application.Access;

/// <summary>Who presented a key.</summary>
public sealed record Caller(string Name, Role Role);

/// <summary>
/// The keys that open the HTTP API: a file of names, roles and salted hashes. The keys themselves are shown once and kept nowhere.
/// </summary>
/// <remarks>
/// A key is <c>granary_ID_SECRET</c> with a secret of 256 random bits. Such a secret cannot be guessed by trying, so one round of SHA-256
/// over salt and secret is enough; the slow hashes that passwords need would only slow each request.
/// </remarks>
public sealed class ApiKeys
{
    private const string Prefix = "granary_";

    private sealed record Entry(string Id, string Name, Role Role, string Salt, string Hash, DateTimeOffset CreatedAt);

    private sealed record Content(IReadOnlyList<Entry> Keys);

    private readonly string _path;
    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, Entry> _byId;
    private DateTime _stamp;

    private ApiKeys(string path)
    {
        _path = path;
        _stamp = File.GetLastWriteTimeUtc(path);
        _byId = Index(Read(path));
    }

    /// <summary>Opens a file of keys; later changes to it are seen on the next request.</summary>
    /// <exception cref="InputException">Missing, unreadable, or without any key.</exception>
    public static ApiKeys Open(string path)
    {
        if (!File.Exists(path)) throw new InputException($"the file of keys {path} does not exist; make one with: granary keys add NAME "
            + $"--role admin --file {path}");
        var keys = new ApiKeys(path);
        if (keys._byId.Count == 0)
            throw new InputException($"{path} holds no key; make one with: granary keys add NAME --role admin --file {path}");
        return keys;
    }

    /// <summary>Makes a key and stores its hash; the file is made where missing, readable by its owner only.</summary>
    /// <returns>The key: the only time that it is seen.</returns>
    /// <exception cref="InputException">The name is empty or taken, or the file is not one of keys.</exception>
    public static async Task<string> AddAsync(string path, string name, Role role, TimeProvider clock,
        CancellationToken cancellationToken = default)
    {
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
            throw new InputException($"'{name}' cannot name a key: use 1 to 100 printable characters");
        var content = File.Exists(path) ? Read(path) : new Content([]);
        if (content.Keys.Any(k => string.Equals(k.Name, name, StringComparison.Ordinal)))
            throw new InputException($"{path} has a key named {name} already; remove its entry first or choose another name");
        var id = RandomNumberGenerator.GetHexString(8, lowercase: true);
        var secret = RandomNumberGenerator.GetBytes(32);
        var salt = RandomNumberGenerator.GetBytes(16);
        var entry = new Entry(id, name, role, Convert.ToHexStringLower(salt), Convert.ToHexStringLower(HashOf(salt, secret)),
            clock.GetUtcNow());
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await AtomicFile.WriteAsync(full,
            JsonSerializer.SerializeToUtf8Bytes(new Content([.. content.Keys, entry]), JobJson.Options), cancellationToken)
            .ConfigureAwait(false);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return $"{Prefix}{id}_{Convert.ToHexStringLower(secret)}";
    }

    /// <returns>The name of the key's owner; null where no key matches.</returns>
    public Caller? Find(string key)
    {
        var known = Current();
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length != Prefix.Length + 8 + 1 + 64 || key[Prefix.Length + 8] != '_')
            return null;
        Span<byte> secret = stackalloc byte[32];
        if (Convert.FromHexString(key.AsSpan(Prefix.Length + 9), secret, out _, out _) != System.Buffers.OperationStatus.Done) return null;
        if (!known.TryGetValue(key.Substring(Prefix.Length, 8), out var entry)) return null;
        return CryptographicOperations.FixedTimeEquals(HashOf(Convert.FromHexString(entry.Salt), secret), Convert.FromHexString(entry.Hash))
            ? new Caller(entry.Name, entry.Role) : null;
    }

    private IReadOnlyDictionary<string, Entry> Current()
    {
        lock (_gate)
        {
            var stamp = File.GetLastWriteTimeUtc(_path);
            if (stamp != _stamp)
            {
                // A removed or broken file admits no key: after a revocation in a hurry the old keys must not stay valid.
                _byId = new Dictionary<string, Entry>();
                _stamp = stamp;
                if (File.Exists(_path)) _byId = Index(Read(_path));
            }
            return _byId;
        }
    }

    private static byte[] HashOf(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret)
    {
        Span<byte> both = stackalloc byte[salt.Length + secret.Length];
        salt.CopyTo(both);
        secret.CopyTo(both[salt.Length..]);
        return SHA256.HashData(both);
    }

    private static Dictionary<string, Entry> Index(Content content)
    {
        var index = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var entry in content.Keys) index[entry.Id] = entry;
        return index;
    }

    private static Content Read(string path)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllText(path, Encoding.UTF8), JobJson.Options);
            foreach (var entry in content?.Keys ?? throw new JsonException("no list of keys"))
            {
                if (entry is not { Id.Length: 8, Name.Length: > 0, Salt.Length: > 0, Hash.Length: 64 } || !Enum.IsDefined(entry.Role))
                    throw new JsonException($"the entry of '{entry?.Name}' is not complete");
                Convert.FromHexString(entry.Salt);
                Convert.FromHexString(entry.Hash);
            }
            return content;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            var line = e is JsonException { LineNumber: { } at } ? $", line {at + 1}" : "";
            throw new InputException($"{path}{line}: not a file of keys as 'granary keys add' writes it; put back a copy, or remove it and "
                + $"make new keys", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: {e.Message}", e);
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts.Audit;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Server.Audit;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Server.Access;

/// <summary>The authenticated owner of an API key.</summary>
/// <param name="Code">Whether the key has the right <c>code</c>; an admin needs none.</param>
internal sealed record Caller(string Name, Role Role, bool Code = false)
{
    /// <summary>The limits of the caller's research; null = none.</summary>
    public TrialLimits? Limits { get; init; }

    /// <summary>Whether the caller may have the server compile and run code of their own.</summary>
    public bool MayRunCode => Code || Role == Role.Admin;

    /// <summary>The name that pages show of a caller that an issuer signed in; null for keys.</summary>
    public string? Person { get; init; }

    /// <summary>The caller in a sentence.</summary>
    public string Shown => Person ?? $"the key '{Name}'";
}

/// <summary>
/// The keys of the HTTP API: a file of names, roles and salted hashes. A key is shown only once and not stored.
/// </summary>
/// <remarks>
/// A key is <c>granary_ID_SECRET</c> with a random secret of 256 bits. Such a secret cannot be found by brute force, so one round of
/// SHA-256 over salt and secret suffices. The slow hashes that passwords need would only delay each request.
/// </remarks>
internal sealed class ApiKeys
{
    private const string Prefix = "granary_", AuditEnd = ".audit.jsonl";

    // A rotated key has two entries with its name until the older one expires.
    private sealed record Entry(string Id, string Name, Role Role, string Salt, string Hash, DateTimeOffset CreatedAt,
        DateTimeOffset? ExpiresAt = null, bool Code = false, TrialLimits? Limits = null);

    /// <param name="Change">The audit log entry of the last change.</param>
    private sealed record Content(IReadOnlyList<Entry> Keys, AuditEntry Change);


    // Returns the keys after a change, and the result for the caller.
    private delegate (IReadOnlyList<Entry> Keys, string Result) KeyChange(IReadOnlyList<Entry> keys);

    private readonly string _path;
    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, Entry> _byId;
    private DateTime _stamp;

    private readonly TimeProvider _clock;

    private ApiKeys(string path, TimeProvider clock)
    {
        (_path, _clock) = (path, clock);
        _stamp = StampOf(path);
        _byId = Index(Read(path));
    }

    /// <summary>Opens a file of keys; later changes to it take effect at the next request.</summary>
    /// <exception cref="InputException">The file is missing, unreadable, or contains no key.</exception>
    /// <param name="clock">The clock; null = the system clock.</param>
    public static ApiKeys Open(string path, TimeProvider? clock = null)
    {
        var keys = new ApiKeys(path, clock ?? TimeProvider.System);
        return keys._byId.Count > 0 ? keys : throw Empty(path);
    }

    private static InputException Missing(string path, Exception? inner = null) => new($"the file of keys {path} does not exist; name "
        + $"another file, or make this one with: granary keys add NAME --role admin --file {path}", inner);

    private static InputException Empty(string path) =>
        new($"{path} holds no key; make one with: granary keys add NAME --role admin --file {path}");

    /// <summary>Creates a key and stores its hash. A new file is readable only by its owner.</summary>
    /// <param name="validFor">How long the key is valid; null = until it is revoked.</param>
    /// <param name="rights">What its owner may do beside the role.</param>
    /// <returns>The key, which is not shown again.</returns>
    /// <exception cref="InputException">The name is empty or already used, the role has no right <c>code</c>, the limits do not fit the
    /// role or rights, or the file is not a key file.</exception>
    /// <exception cref="ServiceUnavailableException">The file or its audit log cannot be written.</exception>
    public static Task<string> AddAsync(string path, string name, Role role, TimeProvider clock, TimeSpan? validFor = null,
        KeyRights rights = default, CancellationToken cancellationToken = default)
    {
        rights.Limits?.Check(role, rights.Code);
        if (rights.Code && role == Role.Viewer)
            throw new InputException("the right code is of no use to a viewer, who submits no batch; use --role submitter or admin");
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
            throw new InputException($"'{name}' cannot name a key: use 1 to 100 printable characters");
        return WriteAsync(path, "addKey", name, clock, keys =>
        {
            if (keys.Any(k => string.Equals(k.Name, name, StringComparison.Ordinal)))
                throw new InputException($"{path} has a key named {name} already; revoke it first or choose another name");
            var (key, entry) = Make(name, role, clock.GetUtcNow(), validFor, rights);
            return ([.. keys, entry], key);
        }, cancellationToken);
    }

    /// <summary>Creates a new key with an existing name. The previous key stays valid for a while, so its users can
    /// switch.</summary>
    /// <param name="overlap">How long the previous key stays valid.</param>
    /// <returns>The new key, which is not shown again.</returns>
    /// <exception cref="InputException">No key has this name, or the file is not a key file.</exception>
    /// <exception cref="ServiceUnavailableException">The file or its audit log cannot be written.</exception>
    public static Task<string> RotateAsync(string path, string name, TimeSpan overlap, TimeProvider clock,
        CancellationToken cancellationToken = default) => ChangeAsync(path, "rotateKey", name, clock, keys =>
        {
            var (others, own) = Split(keys, path, name);
            var now = clock.GetUtcNow();
            var last = own[^1];
            var (key, entry) = Make(name, last.Role, now, last.ExpiresAt - last.CreatedAt,
                new KeyRights(last.Code, last.Limits));
            var until = now + overlap;
            return ([.. others, last with { ExpiresAt = last.ExpiresAt < until ? last.ExpiresAt : until }, entry], key);
        }, cancellationToken);

    /// <summary>
    /// Changes the limits of a key that has some. A server that has the file open applies them from the next request on. A key never loses
    /// its limits.
    /// </summary>
    /// <param name="change">Returns the new limits.</param>
    /// <exception cref="InputException">No key has this name, the key has no limits, or the file is not a key file.</exception>
    /// <exception cref="ServiceUnavailableException">The file or its audit log cannot be written.</exception>
    public static Task LimitAsync(string path, string name, Func<TrialLimits, TrialLimits> change, TimeProvider clock,
        CancellationToken cancellationToken = default) => ChangeAsync(path, "limitKey", name, clock, keys =>
        {
            var (_, own) = Split(keys, path, name);
            if (own.Any(k => k.Limits is null))
                throw new InputException($"the key {name} has no limits; make another one with: granary keys add NAME --role submitter "
                    + "--trials 200 --holdout 2024-01-01");
            foreach (var key in own) change(key.Limits!).Check(key.Role, key.Code);
            return ([.. keys.Select(k => k.Name == name ? k with { Limits = change(k.Limits!) } : k)], "");
        }, cancellationToken);

    /// <summary>Removes all keys with a name. A server that has the file open rejects them from the next request on.</summary>
    /// <exception cref="InputException">No key has this name, or the file is not a key file.</exception>
    /// <exception cref="ServiceUnavailableException">The file or its audit log cannot be written.</exception>
    public static Task RevokeAsync(string path, string name, TimeProvider clock, CancellationToken cancellationToken = default) =>
        ChangeAsync(path, "revokeKey", name, clock, keys => (Split(keys, path, name).Others, ""), cancellationToken);

    /// <summary>Appends the newest change to the audit log if its process ended before it did so.</summary>
    public static Task CompleteAuditAsync(string path, TimeProvider clock, CancellationToken cancellationToken = default) =>
        LogOf(path, clock).ExclusivelyAsync(turn =>
        {
            turn.Complete(Read(path).Change, path);
            return true;
        }, cancellationToken);

    /// <summary>Returns the path of a key file's audit log.</summary>
    public static string AuditOf(string path) => path + AuditEnd;

    /// <summary>Returns the key file of an audit log; null if the name belongs to no such log.</summary>
    public static string? FileOf(string audit) => audit.EndsWith(AuditEnd, StringComparison.Ordinal) ? audit[..^AuditEnd.Length] : null;

    private static AuditLog LogOf(string path, TimeProvider clock) => new(AuditOf(path), clock);

    // A missing file is named before the lock would make its folder and its audit log.
    private static Task<string> ChangeAsync(string path, string what, string name, TimeProvider clock, KeyChange change,
        CancellationToken cancellationToken) =>
        File.Exists(path) ? WriteAsync(path, what, name, clock, change, cancellationToken) : throw Missing(path);

    // Keys and audit log share a lock: a change and its entry are written together, and the log is completed from the key file.
    private static Task<string> WriteAsync(string path, string what, string name, TimeProvider clock, KeyChange change,
        CancellationToken cancellationToken) => LogOf(path, clock).ExclusivelyAsync(turn =>
        {
            var content = File.Exists(path) ? Read(path) : null;
            if (content is not null) turn.Complete(content.Change, path);
            var (keys, result) = change(content?.Keys ?? []);
            var entry = turn.Next(Environment.UserName, what, name, Shown(content?.Keys ?? [], name), Shown(keys, name));
            using (var file = new AtomicFile(Path.GetFullPath(path), Unwritable, AtomicFile.OwnerOnly))
            {
                JsonSerializer.Serialize(file.Stream, new Content(keys, entry), JobJson.Options);
                file.Commit();
            }
            turn.Append(entry);
            return result;
        }, cancellationToken);

    private static ServiceUnavailableException Unwritable(string path, Exception e) => new(
        $"{path} cannot be written ({e.Message.TrimEnd('.')}); make room, or give the user of this process the right", e);

    private static JsonNode? Shown(IReadOnlyList<Entry> keys, string name) => keys.Any(k => k.Name == name)
        ? JsonSerializer.SerializeToNode(keys.Where(k => k.Name == name)
            .Select(k => new { k.Role, k.Code, k.CreatedAt, k.ExpiresAt, k.Limits }), JobJson.Options)
        : null;

    /// <summary>Returns the keys of a file in the order of creation.</summary>
    /// <exception cref="InputException">The file is missing or is not a key file.</exception>
    public static IReadOnlyList<ApiKeyEntry> List(string path, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return [.. Read(path).Keys.Select(k => new ApiKeyEntry(k.Name, k.Role, k.CreatedAt, k.ExpiresAt, k.ExpiresAt <= now, k.Code,
            k.Limits))];
    }

    private static (List<Entry> Others, List<Entry> Own) Split(IReadOnlyList<Entry> keys, string path, string name)
    {
        var own = keys.Where(k => k.Name == name).ToList();
        if (keys.Count == 0) throw Empty(path);
        if (own.Count == 0)
            throw new InputException($"{path} has no key named {name}; it has {string.Join(", ", keys.Select(k => k.Name).Distinct())}");
        return ([.. keys.Where(k => k.Name != name)], own);
    }

    private static (string Key, Entry Entry) Make(string name, Role role, DateTimeOffset now, TimeSpan? validFor, KeyRights rights)
    {
        var id = RandomNumberGenerator.GetHexString(8, lowercase: true);
        var secret = RandomNumberGenerator.GetBytes(32);
        var salt = RandomNumberGenerator.GetBytes(16);
        return ($"{Prefix}{id}_{Convert.ToHexStringLower(secret)}", new Entry(id, name, role, Convert.ToHexStringLower(salt),
            Convert.ToHexStringLower(HashOf(salt, secret)), now, now + validFor, rights.Code, rights.Limits));
    }

    /// <returns>The owner of the key; null if no key matches, or the key has expired.</returns>
    public Caller? Find(string key)
    {
        var known = Current();
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length != Prefix.Length + 8 + 1 + 64 || key[Prefix.Length + 8] != '_')
            return null;
        Span<byte> secret = stackalloc byte[32];
        if (Convert.FromHexString(key.AsSpan(Prefix.Length + 9), secret, out _, out _) != System.Buffers.OperationStatus.Done) return null;
        if (!known.TryGetValue(key.Substring(Prefix.Length, 8), out var entry)) return null;
        return CryptographicOperations.FixedTimeEquals(HashOf(Convert.FromHexString(entry.Salt), secret), Convert.FromHexString(entry.Hash))
            && !(entry.ExpiresAt <= _clock.GetUtcNow()) ? new Caller(entry.Name, entry.Role, entry.Code) { Limits = entry.Limits }
            : null;
    }

    private IReadOnlyDictionary<string, Entry> Current()
    {
        lock (_gate)
        {
            var stamp = StampOf(_path);
            if (stamp != _stamp)
            {
                // A removed or damaged file admits no key, so that an urgent revocation never leaves old keys valid.
                _byId = new Dictionary<string, Entry>();
                _stamp = stamp;
                if (File.Exists(_path)) _byId = Index(ReadForCaller());
            }
            return _byId;
        }
    }

    private static DateTime StampOf(string path) => LinkedFile.Of(new FileInfo(path)).LastWriteTimeUtc;

    // The sentence is sent to callers without a key, who need not know where the file is.
    private Content ReadForCaller()
    {
        try
        {
            return Read(_path);
        }
        catch (InputException e)
        {
            throw new InputException(e.Message.Replace(_path, Path.GetFileName(_path), StringComparison.Ordinal), e);
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
                if (entry.Limits is { Trials: < 0 }) throw new JsonException($"the trials of '{entry.Name}' are negative");
                Convert.FromHexString(entry.Salt);
                Convert.FromHexString(entry.Hash);
            }
            return content.Change is not null ? content : throw new JsonException("no entry of the audit log");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            var line = e is JsonException { LineNumber: { } at } ? $", line {at + 1}" : "";
            throw new InputException($"{path}{line}: not a file of keys as 'granary keys add' writes it; put back a copy, or remove it and "
                + $"make new keys", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Missing(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read ({e.Message.TrimEnd('.')}); give the user of this process the right to read it, "
                + "or name another file", e);
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Api.Access;
using Granary.Storage.Files;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace Granary.Api.SignIn;

/// <summary>
/// The sessions of people who signed in: one file each in the folder of the runs, which all silos share. The cookie has only the id of the
/// session, so a sign-out ends it on every silo, also for a copy of the cookie, and a restart ends none.
/// </summary>
/// <remarks>
/// The name of a file is the hash of the id, and its content is encrypted. It was modified at the last request that
/// counted, so a renewal can never bring back a session that ended meanwhile.
/// </remarks>
internal sealed class SessionFiles : ITicketStore
{
    private const string Began = "began";

    private readonly string _folder;
    private readonly SignInSettings _settings;
    private readonly IDataProtector _protector;
    private readonly TimeProvider _clock;

    public SessionFiles(ApiSettings settings, IDataProtectionProvider protection, TimeProvider clock)
    {
        (_settings, _clock) = (settings.SignIn!, clock);
        _folder = SignInFolder.Create(settings, "sessions");
        // A session has the role that these settings gave: others end it.
        _protector = protection.CreateProtector("Granary.Sessions", _settings.Authority.AbsoluteUri, _settings.ClientId!,
            _settings.RoleClaim, string.Join(';', _settings.Roles));
    }

    public async Task<string> StoreAsync(AuthenticationTicket session)
    {
        RemoveEnded();
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var now = _clock.GetUtcNow();
        session.Properties.Items[Began] = now.ToString("O", CultureInfo.InvariantCulture);
        await WriteAsync(key, session).ConfigureAwait(false);
        File.SetLastWriteTimeUtc(PathOf(key), now.UtcDateTime);
        return key;
    }

    /// <summary>Replaces the content of a session that exists; its times stay. The caller holds the lock.</summary>
    public async Task ReplaceAsync(string key, AuthenticationTicket session)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) return;
        var last = File.GetLastWriteTimeUtc(path);
        await WriteAsync(key, session).ConfigureAwait(false);
        File.SetLastWriteTimeUtc(path, last);
    }

    public Task RenewAsync(string key, AuthenticationTicket session)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(key), _clock.GetUtcNow().UtcDateTime);
        }
        catch (FileNotFoundException)
        {
            // The person signed out meanwhile.
        }
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(Read(key));

    public Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken)
    {
        httpContext.Items[typeof(SessionFiles)] = key;
        CallerStanding.Set(httpContext, () => Read(key) is not null);
        return RetrieveAsync(key);
    }

    /// <summary>The id of the session that a request named.</summary>
    public static string? KeyOf(HttpContext context) => context.Items[typeof(SessionFiles)] as string;

    public async Task RemoveAsync(string key)
    {
        using var turn = await LockAsync(key).ConfigureAwait(false);
        Remove(key);
    }

    /// <summary>Ends a session. The caller holds the lock.</summary>
    public void Remove(string key)
    {
        File.Delete(PathOf(key));
        File.Delete(LockOf(key));
    }

    /// <summary>Lets one request after the other change a session, over all silos.</summary>
    public Task<DiskFile> LockAsync(string key) =>
        ExclusiveFile.OpenAsync(LockOf(key), TimeSpan.FromMinutes(1), CancellationToken.None);

    private Task WriteAsync(string key, AuthenticationTicket session) =>
        AtomicFile.WriteAsync(PathOf(key), _protector.Protect(TicketSerializer.Default.Serialize(session)), mode: AtomicFile.OwnerOnly);

    private AuthenticationTicket? Read(string key)
    {
        var path = PathOf(key);
        try
        {
            var last = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
            if (TicketSerializer.Default.Deserialize(_protector.Unprotect(File.ReadAllBytes(path))) is not { } session) return null;
            var end = DateTimeOffset.Parse(session.Properties.Items[Began]!, CultureInfo.InvariantCulture) + _settings.Lifetime;
            var idle = last + _settings.Idle;
            if (end <= _clock.GetUtcNow() || idle <= _clock.GetUtcNow()) return null;
            (session.Properties.IssuedUtc, session.Properties.ExpiresUtc) = (last, idle < end ? idle : end);
            return session;
        }
        catch (Exception e) when (e is FileNotFoundException or CryptographicException)
        {
            return null;
        }
    }

    // Once in a while is enough: an ended session is refused by its times.
    private void RemoveEnded()
    {
        var before = _clock.GetUtcNow().UtcDateTime - _settings.Lifetime;
        foreach (var file in Directory.EnumerateFiles(_folder))
            if (File.GetLastWriteTimeUtc(file) < before)
                File.Delete(file);
    }

    private string LockOf(string key) => PathOf(key) + ".lock";

    private string PathOf(string key) => Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
}

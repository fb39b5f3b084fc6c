using Granary.Simulation.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Granary.Api.SignIn;

/// <summary>
/// The issuer's addresses and signing keys. They are read at the start, every few minutes, and when a token names an unknown key. If the
/// issuer does not answer at the start, the server starts all the same: keys work, and sign-in answers 503 until the issuer is back.
/// </summary>
internal sealed partial class Issuer : IHostedService, IDisposable
{
    /// <summary>Time after which the issuer's keys are read again; a withdrawn key is accepted no longer than this.</summary>
    private static readonly TimeSpan s_refresh = TimeSpan.FromMinutes(10);

    // Least time between two readings that tokens with unknown keys cause.
    private static readonly TimeSpan s_unknownKey = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly SignInSettings _settings;
    private readonly bool _hasKeys;
    private readonly ILogger<Issuer> _logger;
    private readonly CancellationTokenSource _stop = new();

    public Issuer(ApiSettings settings, ILogger<Issuer> logger)
    {
        (_settings, _hasKeys, _logger) = (settings.SignIn!, settings.Keys is not null, logger);
        Http = new HttpClient { Timeout = s_timeout };
        Configuration = new ConfigurationManager<OpenIdConnectConfiguration>(
            new Uri(Slashed(_settings.Authority), ".well-known/openid-configuration").AbsoluteUri,
            new OpenIdConnectConfigurationRetriever(),
            // The settings allow http on this machine only.
            new HttpDocumentRetriever(Http) { RequireHttps = _settings.Authority.Scheme == "https" })
        {
            AutomaticRefreshInterval = s_refresh,
            RefreshInterval = s_unknownKey,
            // Otherwise a key that the issuer has withdrawn would be accepted for another hour.
            UseLastKnownGoodConfiguration = false,
        };
    }

    public ConfigurationManager<OpenIdConnectConfiguration> Configuration { get; }

    public HttpClient Http { get; }

    /// <summary>The name of the issuer in sentences.</summary>
    public string Name => _settings.Authority.Host;

    /// <exception cref="ServiceUnavailableException">The issuer does not answer, or is a different one.</exception>
    public async Task<OpenIdConnectConfiguration> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await Configuration.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
            return found.Issuer?.TrimEnd('/') == _settings.Authority.AbsoluteUri.TrimEnd('/') ? found
                : throw new ServiceUnavailableException($"the issuer at {_settings.Authority} names itself {found.Issuer}; the operator "
                    + "gives that name with --oidc-authority");
        }
        catch (InvalidOperationException e)
        {
            throw new ServiceUnavailableException($"the issuer {_settings.Authority} does not answer, so people cannot sign in and tokens "
                + "cannot be checked" + (_hasKeys ? "; keys of this server work" : ""), e);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Task.Run(() => FirstAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    public void Dispose()
    {
        Http.Dispose();
        _stop.Dispose();
    }

    // Logs once that the issuer does not answer, and once that it does.
    private async Task FirstAsync(CancellationToken stop)
    {
        for (var logged = false; !stop.IsCancellationRequested; logged = true)
        {
            try
            {
                await ReadAsync(stop).ConfigureAwait(false);
                Answers(_settings.Authority);
                return;
            }
            catch (ServiceUnavailableException e)
            {
                if (!logged) IsAway(e.Message, (e.InnerException?.InnerException ?? e.InnerException)?.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(s_unknownKey, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Uri Slashed(Uri address) => address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

    [LoggerMessage(1, LogLevel.Information, "The issuer {Authority} answers; people can sign in")]
    private partial void Answers(Uri authority);

    [LoggerMessage(2, LogLevel.Warning, "{Sentence} ({Reason}). The server tries again every 5 seconds")]
    private partial void IsAway(string sentence, string? reason);
}

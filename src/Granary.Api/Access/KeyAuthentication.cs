using System.Text.Encodings.Web;
using Granary.Server.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Api.Access;

/// <summary>
/// Authenticates <c>Authorization: Bearer KEY</c>. If no keys are configured, every caller that passes <see cref="LoopbackOnly"/> is the
/// local user with all permissions.
/// </summary>
internal sealed class KeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
    ApiSettings settings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Bearer";

    private static readonly Caller Local = new("local", Role.Admin);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (settings.Keys is null) return Succeed(Local);
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0) return Task.FromResult(AuthenticateResult.NoResult());
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.Fail("the server accepts only bearer keys"));
        return settings.Keys.Find(header["Bearer ".Length..].Trim()) is { } caller
            ? Succeed(caller)
            : Task.FromResult(AuthenticateResult.Fail("the key is not one of this server's"));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Scheme;
        return Problems.Problem.WriteAsync(Context, StatusCodes.Status401Unauthorized, "No valid key",
            "send 'Authorization: Bearer KEY' with a key of this server; 'granary keys add' on the server makes one");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.Problem.WriteAsync(Context, StatusCodes.Status403Forbidden, "Not allowed",
            $"the key '{RolePolicies.NameOf(Context.User)}' does not have the role that this call needs");

    private static Task<AuthenticateResult> Succeed(Caller caller) =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(RolePolicies.PrincipalOf(caller), Scheme)));
}

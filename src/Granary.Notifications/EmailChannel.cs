using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Granary.Notifications;

/// <summary>The mail server of a channel.</summary>
/// <param name="Security">Whether the connection begins with TLS, changes to TLS, or is not encrypted.</param>
/// <param name="User">Null for a server without login.</param>
/// <param name="Authority">The authority that signed the server's certificate; null for the system's.</param>
internal sealed record MailServer(string Host, int Port, SecureSocketOptions Security, string? User, Secret Password,
    X509Certificate2? Authority);

/// <summary>Sends notifications by e-mail, as plain text and as HTML.</summary>
internal sealed class EmailChannel(string name, MailServer server, MailboxAddress from, IReadOnlyList<MailboxAddress> to, SendLimit limit)
    : IChannel
{
    private const int MostSubject = 200, Timeout = 20_000;

    public string Name => name;

    public string Kind => "email";

    public string Host => server.Host;

    public SendLimit Limit => limit;

    /// <inheritdoc/>
    public async Task<string> SendAsync(Notification notification, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var message = Compose(notification);
        using var client = new RecipientClient { Timeout = Timeout, CheckCertificateRevocation = false };
        if (server.Authority is not null) client.ServerCertificateValidationCallback = IsSignedByAuthority;
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timed.CancelAfter(Timeout);
        try
        {
            await client.ConnectAsync(server.Host, server.Port, server.Security, timed.Token).ConfigureAwait(false);
            if (server.User is not null)
                await client.AuthenticateAsync(server.User, server.Password.Reveal(), timed.Token).ConfigureAwait(false);
            var answer = await client.SendAsync(message, timed.Token).ConfigureAwait(false);
            await QuitAsync(client, timed.Token).ConfigureAwait(false);
            return Clean($"{Host} took the message ({answer})" + (client.Refused.Count == 0 ? ""
                : $", but not for {string.Join(", ", client.Refused)}"));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw FaultOf(e);
        }
    }

    // The server has the message: what happens to the connection afterwards is no fault of the delivery.
    private static async Task QuitAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or OperationCanceledException)
        {
        }
    }

    internal MimeMessage Compose(Notification notification)
    {
        var message = new MimeMessage { MessageId = $"{notification.Id}@granary.invalid", Date = notification.At };
        message.From.Add(from);
        message.To.AddRange(to);
        message.Subject = MessageText.Fit(MessageText.Title(notification), MostSubject, static r => r.ToString());
        message.Headers.Add("Auto-Submitted", "auto-generated");
        var body = MessageText.Body(notification);
        var time = MessageText.Time(notification.At);
        message.Body = new BodyBuilder
        {
            TextBody = $"{body}\n\n{time}\n",
            HtmlBody = $"<p>{WebUtility.HtmlEncode(body).Replace("\n", "<br>\n", StringComparison.Ordinal)}</p>\n<p><small>{time}</small></p>\n",
        }.ToMessageBody();
        return message;
    }

    // The server's answer may repeat the request, so the password is taken out of it.
    private string Clean(string text)
    {
        var line = server.Password.Hide(MessageText.OneLine(text.ReplaceLineEndings(" "))).TrimEnd('.', ' ');
        return MessageText.Fit(line, 300, static r => r.ToString());
    }

    private DeliveryException FaultOf(Exception e) => e switch
    {
        SmtpCommandException c => Refusal(c),
        AuthenticationException a => new(Clean($"{Host} refused the login of {server.User} ({a.Message}); check 'user' and the password"))
        {
            IsPermanent = a.InnerException is not SmtpCommandException { StatusCode: < (SmtpStatusCode)500 },
        },
        SslHandshakeException => new($"{Host} has no certificate that is trusted, or does not speak TLS on port {Port}; check 'tls', or "
            + "name its authority in 'caFile'"),
        NotSupportedException when server.Security == SecureSocketOptions.StartTls && !IsSecure(e) =>
            new($"{Host} does not offer {(e.Message.Contains("STARTTLS", StringComparison.Ordinal) ? "STARTTLS" : "a login")} on port {Port}; "
                + "check 'port' and 'tls'")
            { IsPermanent = true },
        NotSupportedException => new($"{Host} does not offer a login on port {Port}; remove 'user', or check 'tls'") { IsPermanent = true },
        OperationCanceledException or TimeoutException => new(string.Create(CultureInfo.InvariantCulture,
            $"{Host} did not answer within {Timeout / 1000} s")),
        _ => new(Clean($"{Host} cannot be reached on port {Port} ({e.Message})")),
    };

    private static bool IsSecure(Exception e) => e.Message.Contains("authentication", StringComparison.OrdinalIgnoreCase);

    private string Port => server.Port.ToString(CultureInfo.InvariantCulture);

    private DeliveryException Refusal(SmtpCommandException e)
    {
        var permanent = (int)e.StatusCode >= 500;
        var recipient = e.Mailbox is { } mailbox ? $" for {mailbox.Address}" : "";
        return new(Clean(string.Create(CultureInfo.InvariantCulture, $"{Host} refused the message{recipient} with {(int)e.StatusCode} ({e.Message})"))
            + (permanent ? "; check 'from' and 'to'" : ""))
        { IsPermanent = permanent };
    }

    private bool IsSignedByAuthority(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (certificate is not X509Certificate2 of || errors != SslPolicyErrors.RemoteCertificateChainErrors) return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.Add(server.Authority!);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (chain is not null) foreach (var element in chain.ChainElements) own.ChainPolicy.ExtraStore.Add(element.Certificate);
        return own.Build(of);
    }

    // A recipient that does not exist must not keep the message from the others. A refusal for now ends the attempt before any of them
    // has it, so that a repetition gives it to no one twice.
    private sealed class RecipientClient : SmtpClient
    {
        public List<string> Refused { get; } = [];

        private SmtpResponse? _last;

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            if ((int)response.StatusCode < 500) base.OnRecipientNotAccepted(message, mailbox, response);
            _last = response;
            Refused.Add(mailbox.Address);
        }

        protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new SmtpCommandException(
            SmtpErrorCode.RecipientNotAccepted, _last?.StatusCode ?? SmtpStatusCode.MailboxUnavailable, _last?.Response ?? "no recipient");
    }
}

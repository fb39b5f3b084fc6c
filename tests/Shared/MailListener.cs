using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Granary.Testing;

/// <summary>A mail server of a test on this machine, with STARTTLS, TLS and login. It answers as the test says.</summary>
internal sealed class MailListener : IAsyncDisposable
{
    public const string User = "granary", Password = "pass-word canary 7f3a";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly X509Certificate2 _certificate;
    private readonly bool _tlsFirst;

    public MailListener(bool tlsFirst = false)
    {
        _tlsFirst = tlsFirst;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The certificate, which is its own authority.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Its answer to each recipient.</summary>
    public Func<string, string> Recipient { get; set; } = _ => "250 ok";

    /// <summary>Its answer to the whole message; null closes the connection instead.</summary>
    public Func<string?> Taken { get; set; } = () => "250 2.0.0 queued as 42";

    /// <summary>Whether it offers to change to TLS.</summary>
    public bool OffersTls { get; set; } = true;

    /// <summary>What it has accepted, as it was sent.</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var closed = client;
        try
        {
            Stream stream = client.GetStream();
            if (_tlsFirst) stream = await SecureAsync(stream);
            if (await TalkAsync(stream, _tlsFirst)) await TalkAsync(await SecureAsync(stream), true, greet: false);
        }
        catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
        }
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(_certificate);
        return secure;
    }

    /// <returns>Whether the client wants to change to TLS.</returns>
    private async Task<bool> TalkAsync(Stream stream, bool secure, bool greet = true)
    {
        async Task SayAsync(string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
        if (greet) await SayAsync("220 localhost test");
        while (await LineAsync(stream) is { } line)
        {
            var word = line.Split(' ', ':')[0].ToUpperInvariant();
            if (word == "EHLO")
                await SayAsync(!secure && OffersTls ? "250-localhost\r\n250 STARTTLS" : "250-localhost\r\n250 AUTH PLAIN LOGIN");
            else if (word == "STARTTLS")
            {
                await SayAsync("220 go on");
                return true;
            }
            else if (word == "AUTH") await SayAsync(IsRight(line) ? "235 ok" : $"535 5.7.8 no such login or password ({line})");
            else if (word == "RCPT") await SayAsync(Recipient(line[(line.IndexOf('<') + 1)..line.IndexOf('>')]));
            else if (word == "DATA")
            {
                await SayAsync("354 go on");
                var message = new StringBuilder();
                while (await LineAsync(stream) is { } part && part != ".") message.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");
                if (Taken() is not { } answer) return false;
                if (answer.StartsWith('2')) Messages.Enqueue(message.ToString());
                await SayAsync(answer);
            }
            else if (word == "QUIT")
            {
                await SayAsync("221 bye");
                return false;
            }
            else await SayAsync("250 ok");
        }
        return false;
    }

    private static bool IsRight(string line) => line.Split(' ') is [_, "PLAIN", var text]
        && Encoding.UTF8.GetString(Convert.FromBase64String(text)) == $"\0{User}\0{Password}";

    // Byte by byte: what follows STARTTLS belongs to TLS.
    private static async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _certificate.Dispose();
    }
}

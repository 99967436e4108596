# The dashboard without local mode: it operates what config/dashboard.json names (DASHBOARD_MODE=fly).
#   docker build -t dashboard .
# Without PUBLIC_ADDRESS it listens on loopback alone; with it on every address, behind a proxy that ends TLS.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/Dashboard --configuration Release --output /app

# The platform's own binary, from its own image; the version is the one that the product was written against.
FROM flyio/flyctl:v0.4.87 AS flyctl

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=flyctl /flyctl /usr/local/bin/flyctl
COPY --from=build /app .
COPY config config
COPY scripts scripts
COPY samples/DndTracker/migrations samples/DndTracker/migrations
# What the program keeps beside the backups: the platform tool's settings, copies in a folder.
RUN mkdir /backups /app/.local && chown app /backups /app/.local
USER app
ENV DASHBOARD_MODE=fly BACKUP_DIR=/backups
EXPOSE 5080
# The program asks itself whether it lives; there is no curl in the image.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["dotnet", "Dashboard.dll", "live"]
ENTRYPOINT ["dotnet", "Dashboard.dll"]
